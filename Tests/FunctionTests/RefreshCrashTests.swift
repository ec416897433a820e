import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import OpenSSLCrypto
import Ports
import Synchronization
import Testing
import Toolbox

/// A process that dies before or after one of its steps.
///
/// From then on, it does nothing at all, not even clean up.
private final class Mortal: Sendable {
    private struct State {
        var steps: [String] = []
        var isDead = false
    }

    let death: (step: Int, isAfter: Bool)?
    private let state = Mutex(State())

    init(dying death: (step: Int, isAfter: Bool)?) { self.death = death }

    /// Its steps, including the one at which it died.
    var steps: [String] { state.withLock { $0.steps } }

    func take<Result: Sendable>(
        _ step: String, _ body: () async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let number = try state.withLock { state throws(Failure) in
            guard !state.isDead else { throw Self.dead }
            state.steps.append(step)
            if let death, death.step == state.steps.count, !death.isAfter {
                state.isDead = true
                throw Self.dead
            }
            return state.steps.count
        }
        let result = try await body()
        if let death, death.step == number, death.isAfter {
            state.withLock { $0.isDead = true }
            throw Self.dead
        }
        return result
    }

    private static let dead = Failure(.cancelled, "the process has died")
}

private struct MortalStore: KeyValueStore {
    let store: MemoryStore
    let life: Mortal

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try await life.take("read \(key)") { () async throws(Failure) in
            try await store.entry(for: key)
        }
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        try await life.take("write \(key)") { () async throws(Failure) in
            try await store.put(value, for: key, if: condition, until: expiry)
        }
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        try await life.take("remove \(key)") { () async throws(Failure) in
            try await store.remove(key, if: condition)
        }
    }

    func keys(
        prefix: String, after cursor: StoreKey?, limit: Int
    ) async throws(Failure) -> [StoreKey] {
        try await life.take("list \(prefix)") { () async throws(Failure) in
            try await store.keys(prefix: prefix, after: cursor, limit: limit)
        }
    }
}

@Suite("A token refresh that dies at any step", .timeLimit(.minutes(1)))
struct RefreshCrashTests {
    let clock: ManualClock
    let store: MemoryStore
    let github = AuthorizingGitHub()
    let id: IntegrationID

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-11-22T06:00:00Z")))
        store = MemoryStore(clock: clock)
        id = try #require(IntegrationID("9-copilot"))
    }

    /// Runs a tick in a process of its own.
    private func tick(in life: Mortal) async throws -> DailyTick.Output {
        let function = try DailyTick(
            store: MortalStore(store: store, life: life), vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock) { request, answer throws(Failure) in
                let name = request.url.hasSuffix("/access_token") ? "refresh" : "ask"
                return try await life.take(name, answer)
            }, authorizeURL: "https://usage.example/authorize")
        return try await function.run(DailyTick.Event())
    }

    private func connect() async throws {
        try await github.connect(id, in: store, at: clock.now(), until: clock.now())
    }

    /// Whether GitHub still accepts the stored tokens.
    private func isStoredPairGood() async throws -> Bool {
        let entry = try #require(try await store.entry(for: .credentials(id)))
        let tokens = try Credentials.open(entry.value, of: id, in: OpenVault())
        let refresh = tokens.refresh?.reveal { $0 } ?? ""
        var isGood = false
        github.change { isGood = $0.refresh.contains(refresh) }
        return isGood
    }

    /// The steps of an undisturbed tick.
    private static func calmSteps() async throws -> [String] {
        let calm = try Self()
        try await calm.connect()
        let life = Mortal(dying: nil)
        #expect(try await calm.tick(in: life).events.count == 3)
        return life.steps
    }

    @Test(
        "loses no authorization that can be kept, and asks the person to authorize again otherwise"
    )
    func everyStep() async throws {
        let steps = try await Self.calmSteps()
        let refresh = try #require(steps.firstIndex(of: "refresh"))
        let write = try #require(steps.firstIndex(of: "write credentials/9-copilot"))
        // The new pair is stored next, before anything else.
        #expect(write == refresh + 1)
        #expect(steps.contains("remove lease/refresh/9-copilot") && steps.count > 8)

        for place in steps.indices {
            for isAfter in [false, true] {
                let scene = try Self()
                try await scene.connect()
                let life = Mortal(dying: (place + 1, isAfter))
                _ = try? await scene.tick(in: life)
                let moment = "\(isAfter ? "after" : "before") \(steps[place])"

                // GitHub issued a new pair that was not stored, so it is lost.
                let isLost = place == refresh && isAfter || place == write && !isAfter
                #expect(try await scene.isStoredPairGood() == !isLost, "\(moment)")

                // The next process starts after the lease of the dead one has expired.
                scene.clock.advance(by: .seconds(121))
                let next = try await scene.tick(in: Mortal(dying: nil))
                if isLost {
                    #expect(next.events.isEmpty, "\(moment)")
                    let reason = next.attention.first?.reason ?? ""
                    #expect(
                        reason.contains("Authorize again at https://usage.example/authorize"),
                        "\(moment): \(reason)")
                } else {
                    #expect(next.events.count == 3, "\(moment)")
                    #expect(next.attention.isEmpty, "\(moment)")
                }
            }
        }
    }

    @Test("makes a concurrent tick retry later instead of waiting")
    func leaseOfTheDead() async throws {
        let steps = try await Self.calmSteps()
        let refresh = try #require(steps.firstIndex(of: "refresh"))
        let scene = try Self()
        try await scene.connect()
        _ = try? await scene.tick(in: Mortal(dying: (refresh + 1, false)))
        let failure = await #expect(throws: Failure.self) {
            try await scene.tick(in: Mortal(dying: nil))
        }
        #expect(failure?.code == .conflict && failure?.retry == .after(.seconds(10)))
    }
}
