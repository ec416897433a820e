import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnDailyTick
import Ports
import Synchronization
import TestSupport
import Testing
import Toolbox

/// A store whose writes of tokens fail a few times.
private final class ReluctantStore: StoreWrapper {
    let store: MemoryStore
    let failure: Failure
    let failuresLeft: Mutex<Int>

    init(store: MemoryStore, failure: Failure, failureCount: Int) {
        self.store = store
        self.failure = failure
        failuresLeft = Mutex(failureCount)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        guard key.description.hasPrefix("credentials/") else {
            return try await store.put(value, for: key, if: condition, until: expiry)
        }
        let isFailing = failuresLeft.withLock { left in
            defer { left -= 1 }
            return left > 0
        }
        if isFailing { throw failure }
        return try await store.put(value, for: key, if: condition, until: expiry)
    }
}

@Suite("A token refresh under adverse conditions", .timeLimit(.minutes(1)))
struct RefreshCancellationTests {
    let clock: ManualClock
    let store: MemoryStore
    let github = AuthorizingGitHub()
    let id: IntegrationID

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-11-22T06:00:00Z")))
        store = MemoryStore(clock: clock)
        id = try #require(IntegrationID("9-copilot"))
    }

    private func connect(expiring: Timestamp? = nil) async throws {
        try await github.connect(
            id, in: store, at: clock.now(), until: expiring ?? clock.now())
    }

    private func storedRefreshToken() async throws -> String {
        let entry = try #require(try await store.entry(for: .credentials(id)))
        return try Credentials.open(entry.value, of: id, in: OpenVault()).refresh?.reveal { $0 }
            ?? ""
    }

    private func keeper(
        _ store: (any KeyValueStore)? = nil, client: GitHubClient? = nil
    ) throws -> TokenKeeper {
        TokenKeeper(
            store: store ?? self.store, vault: OpenVault(), clock: clock,
            github: try client ?? github.client(clock: clock))
    }

    @Test("stores the new pair although the caller is cancelled while GitHub responds")
    func cancelled() async throws {
        try await connect()
        let (issued, response) = (Gate(), Gate())
        let client = try github.client(clock: clock) { request, answer throws(Failure) in
            guard request.url.hasSuffix("/access_token") else { return try await answer() }
            let reply = try await answer()
            issued.open()
            do {
                // Like any transport, it breaks off when its task is cancelled.
                try await response.opened()
            } catch {
                throw Failure(.cancelled, "the request was cancelled")
            }
            return reply
        }
        let keeper = try keeper(client: client)
        let caller = Task { try? await keeper.reach(of: id) }
        try await issued.opened()
        caller.cancel()
        response.open()
        _ = await caller.value
        let stored = try await storedRefreshToken()
        #expect(stored == "ghr_2")
        github.change { #expect($0.refresh == [stored]) }
        #expect(try await store.entry(for: .refreshLease(id)) == nil)
        #expect(try await self.keeper().reach(of: id).organizations.count == 1)
    }

    @Test(
        "retries the write of the new pair, with waits, whatever is wrong with the store",
        arguments: [Failure.Code.unavailable, .cancelled, .misconfigured, .timedOut])
    func retried(code: Failure.Code) async throws {
        try await connect()
        let failing = ReluctantStore(
            store: store, failure: Failure(code, "the disk is full"), failureCount: 6)
        let began = clock.now()
        #expect(try await keeper(failing).reach(of: id).organizations.count == 1)
        #expect(try await storedRefreshToken() == "ghr_2")
        #expect(clock.now() > began.advanced(by: .seconds(1)))
        #expect(clock.now() < began.advanced(by: .seconds(60)))
    }

    @Test("names the loss when the new pair can never be stored")
    func lost() async throws {
        try await connect()
        let failing = ReluctantStore(
            store: store, failure: Failure(.misconfigured, "the disk is full"),
            failureCount: 1_000)
        let failure = await #expect(throws: Failure.self) {
            try await keeper(failing).reach(of: id)
        }
        #expect(failure?.message.contains("could not be stored: the disk is full") == true)
        #expect(failure?.message.contains("authorize again") == true)
    }

    @Test("does not begin shortly before the deadline", arguments: [true, false])
    func deadline(isExpired: Bool) async throws {
        try await connect(expiring: clock.now().advanced(by: .seconds(isExpired ? 0 : 300)))
        let keeper = try keeper()
        let result = await Result {
            try await Deadline.meeting(clock.now().advanced(by: .seconds(20))) {
                () async throws(Failure) in try await keeper.reach(of: id)
            }
        }
        #expect(try await storedRefreshToken() == "ghr_1")
        switch result {
        case .success(let reach): #expect(!isExpired && reach.organizations.count == 1)
        case .failure(let error): #expect(isExpired && (error as? Failure)?.code == .timedOut)
        }
    }

    @Test("holds its lease longer than a request may take", arguments: [30, 600])
    func lease(seconds: Int) async throws {
        try await connect()
        let (asked, response) = (Gate(), Gate())
        let client = try github.client(
            clock: clock, responseTimeout: .seconds(seconds)
        ) { request, answer throws(Failure) in
            if request.url.hasSuffix("/access_token") {
                asked.open()
                try? await response.opened()
            }
            return try await answer()
        }
        let keeper = try keeper(client: client)
        let caller = Task { try? await keeper.reach(of: id) }
        try await asked.opened()
        clock.advance(by: .seconds(seconds + 60))
        #expect(try await store.entry(for: .refreshLease(id)) != nil)
        clock.advance(by: .seconds(31))
        #expect(try await store.entry(for: .refreshLease(id)) == nil)
        response.open()
        _ = await caller.value
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
