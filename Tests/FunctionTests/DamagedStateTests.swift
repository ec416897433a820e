import Authorization
import CollectedDays
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnCollectOrg
import OnDailyTick
import Ports
import Synchronization
import Testing
import Toolbox

/// A store with damaged entries: they cannot be read, and only an unconditional write replaces them.
private final class DamagedStore: StoreWrapper {
    let store: MemoryStore
    let damaged: Mutex<Set<StoreKey>>

    init(_ store: MemoryStore, _ keys: [StoreKey]) {
        self.store = store
        damaged = Mutex(Set(keys))
    }

    private func check(_ key: StoreKey) throws(Failure) {
        guard damaged.withLock({ $0.contains(key) }) else { return }
        throw Failure(.unreadableState, "\(key) is damaged")
    }

    func entry(for key: StoreKey) async throws(Failure) -> StoreEntry? {
        try check(key)
        return try await store.entry(for: key)
    }

    func put(
        _ value: [UInt8], for key: StoreKey, if condition: StoreCondition, until expiry: Timestamp?
    ) async throws(Failure) -> StoreVersion {
        if condition != .always { try check(key) }
        damaged.withLock { _ = $0.remove(key) }
        return try await store.put(value, for: key, if: condition, until: expiry)
    }

    func remove(_ key: StoreKey, if condition: StoreCondition) async throws(Failure) {
        if condition != .always { try check(key) }
        damaged.withLock { _ = $0.remove(key) }
        try await store.remove(key, if: condition)
    }
}

@Suite("A damaged entry", .timeLimit(.minutes(1)))
struct DamagedStateTests {
    let clock: ManualClock
    let store: MemoryStore
    let id: IntegrationID
    let organization: OrganizationLogin
    let day: Day

    init() throws {
        clock = ManualClock(try #require(Timestamp("2026-11-22T06:00:00Z")))
        store = MemoryStore(clock: clock)
        id = try #require(IntegrationID("9-copilot"))
        organization = try #require(OrganizationLogin("acme"))
        day = try #require(Day("2026-11-21"))
    }

    private func connect(_ github: AuthorizingGitHub, _ text: String) async throws {
        let expiry = clock.now().advanced(by: .seconds(28_800))
        try await github.connect(
            try #require(IntegrationID(text)), named: text, in: store, at: clock.now(),
            until: expiry)
    }

    private func tick(
        _ github: AuthorizingGitHub, _ store: any KeyValueStore
    ) async throws -> DailyTick.Output {
        try await DailyTick(
            store: store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize"
        ).run(DailyTick.Event())
    }

    private func collect(_ store: any KeyValueStore) async throws -> Manifest {
        var answers = ScriptedGitHub.Answers()
        for source in Source.reports { answers.envelopes[source] = (204, "") }
        let function = CollectOrg(
            settings: CollectOrg.Settings(
                identity: .login, tags: SampleTags(application: "copilot")),
            github: try ScriptedGitHub(answers).client(clock: clock), store: store,
            sink: RecordingSink(), vault: OpenVault(), entropy: SeededEntropy(seed: 2),
            hashing: NoHashing(), clock: clock)
        return try await function.run(
            CollectEvent(
                integration: id, installation: InstallationID(1), organization: organization,
                day: day))
    }

    @Test("of an organization's days stops no tick, and is written anew")
    func days() async throws {
        let github = AuthorizingGitHub()
        github.change { $0.accounts = [.init(id: 1, login: "acme"), .init(id: 2, login: "bar")] }
        try await connect(github, "9-copilot")
        let key = StoreKey.knownDays(id, InstallationID(1))
        let damaged = DamagedStore(store, [key])
        #expect(try await tick(github, damaged).events.count == 6)
        _ = try await collect(damaged)
        #expect(try await damaged.entry(for: key) != nil)
        let ledger = DayLedger(store: damaged, integration: id, installation: InstallationID(1))
        #expect(try await ledger.days(in: day...day) == [day: false])
    }

    @Test("among the manifests is collected again, and replaced")
    func manifest() async throws {
        let github = AuthorizingGitHub()
        try await connect(github, "9-copilot")
        let key = StoreKey.manifest(id, InstallationID(1), day)
        try await store.put([1], for: key, if: .always)
        let damaged = DamagedStore(store, [key])
        #expect(try await tick(github, damaged).events.count == 3)
        let manifest = try await collect(damaged)
        let kept = try #require(try await damaged.entry(for: key))
        #expect(try JSON.decode(Manifest.self, from: kept.value, at: key) == manifest)
    }

    @Test("in another form is collected again, and replaced", arguments: ["", "{", "[]", "{}"])
    func formerManifest(text: String) async throws {
        let key = StoreKey.manifest(id, InstallationID(1), day)
        try await store.put(Array(text.utf8), for: key, if: .always)
        let manifest = try await collect(store)
        let kept = try #require(try await store.entry(for: key))
        #expect(try JSON.decode(Manifest.self, from: kept.value, at: key) == manifest)
    }

    @Test("of an integration stops only that integration")
    func integration() async throws {
        let github = AuthorizingGitHub()
        try await connect(github, "9-a")
        try await connect(github, "9-b")
        let key = StoreKey.integration(try #require(IntegrationID("9-a")))
        let output = try await tick(github, DamagedStore(store, [key]))
        #expect(output.events.count == 3)
        #expect(output.events.allSatisfy { $0.id.hasPrefix("collect/9-b/") })
        #expect(output.attention.map(\.integration) == ["9-a"])
        #expect(output.attention.first?.reason.contains("is damaged") == true)
    }

    @Test("of a lease does not keep tokens from being refreshed")
    func lease() async throws {
        let github = AuthorizingGitHub()
        try await connect(github, "9-copilot")
        clock.advance(by: .seconds(28_800))
        let damaged = DamagedStore(store, [.refreshLease(id)])
        #expect(try await tick(github, damaged).events.count == 3)
        #expect(github.requests.contains("POST /login/oauth/access_token"))
    }
}
