import Domain
import Ports
import Toolbox

/// A clock that records each reading.
struct RecordingClock: WallClock {
    private let clock: any WallClock
    private let session: RecordingSession

    init(_ clock: any WallClock, _ session: RecordingSession) {
        self.clock = clock
        self.session = session
    }

    func now() -> Timestamp {
        // Read inside the lock, so that the readings are recorded in order.
        session.note { run in
            let now = clock.now()
            run.clock.append(now)
            return now
        }
    }
}

/// Random bytes, of which placeholders are recorded.
struct RecordingEntropy: Entropy {
    private let entropy: any Entropy
    private let session: RecordingSession

    init(_ entropy: any Entropy, _ session: RecordingSession) {
        self.entropy = entropy
        self.session = session
    }

    func bytes(_ count: Int) -> [UInt8] {
        let drawn = entropy.bytes(count)
        let noted = Hex.encode(session.scrubber.learn(drawn: drawn))
        session.note { $0.entropy.append(noted) }
        return drawn
    }
}

/// A vault that records what was sealed and opened, with secrets replaced.
struct RecordingVault: Vault {
    private let vault: any Vault
    private let session: RecordingSession

    init(_ vault: any Vault, _ session: RecordingSession) {
        self.vault = vault
        self.session = session
    }

    func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] {
        let sealed = vault.seal(secret, for: place)
        note("seal", place, .success(secret), sealed)
        return sealed
    }

    func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret {
        let result: Result<Secret, Failure>
        do throws(Failure) {
            result = .success(try vault.open(sealed, from: place))
        } catch {
            result = .failure(error)
        }
        note("open", place, result, sealed)
        return try result.get()
    }

    private func note(
        _ call: String, _ place: StoreKey, _ result: Result<Secret, Failure>, _ sealed: [UInt8]
    ) {
        var noted = RecordedRun.VaultCall(
            call: call, place: place.description, sealed: session.scrubber.learn(sealed: sealed))
        switch result {
        case .success(let secret):
            secret.reveal { text in
                session.scrubber.learn(opened: text)
                noted.text = session.scrubber.clean(text)
            }
        case .failure(let failure): noted.failure = RecordedRun.Mishap(failure)
        }
        session.note { $0.vault.append(noted) }
    }
}

/// A store that records each call and its answer.
struct RecordingStore: KeyValueStore {
    private let store: any KeyValueStore
    private let session: RecordingSession

    init(_ store: any KeyValueStore, _ session: RecordingSession) {
        self.store = store
        self.session = session
    }

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await noting(.entry(key)) { call throws(Failure) in
            let entry = try await store.entry(for: key)
            call.value = entry.map { .bytes($0.value) }
            call.version = entry?.version.rawValue
            return entry
        }
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await noting(.put(value, key, condition, expiry)) { call throws(Failure) in
            let version = try await store.put(value, for: key, if: condition, until: expiry)
            call.version = version.rawValue
            return version
        }
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await noting(.remove(key, condition)) { _ throws(Failure) in
            try await store.remove(key, if: condition)
        }
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await noting(.keys(prefix, cursor, limit)) { call throws(Failure) in
            let keys = try await store.keys(prefix: prefix, after: cursor, limit: limit)
            call.keys = keys.map(\.description)
            return keys
        }
    }

    private func noting<Answer>(
        _ asked: RecordedRun.StoreCall,
        _ body: (inout RecordedRun.StoreCall) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        var call = asked
        do throws(Failure) {
            let answer = try await body(&call)
            session.note { $0.store.append(call) }
            return answer
        } catch {
            call.failure = RecordedRun.Mishap(error)
            session.note { $0.store.append(call) }
            throw error
        }
    }
}
