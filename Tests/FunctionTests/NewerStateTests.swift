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
import Problems
import Testing
import Toolbox

@Suite("State of a newer version", .timeLimit(.minutes(1)))
struct NewerStateTests {
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

    /// Writes what only a newer version understands.
    private func put(_ key: StoreKey, _ text: String = #"{"version": 2}"#) async throws {
        try await store.put(Array(text.utf8), for: key, if: .always)
    }

    private func value(_ key: StoreKey) async throws -> String {
        String(decoding: try #require(try await store.entry(for: key)).value, as: UTF8.self)
    }

    private func collect() async throws -> Manifest {
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

    private func tick(_ github: AuthorizingGitHub) async throws -> DailyTick.Output {
        try await DailyTick(
            store: store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize"
        ).run(DailyTick.Event())
    }

    @Test("is not replaced by a collection, which says which versions are concerned")
    func collection() async throws {
        let keys: [StoreKey] = [
            .manifest(id, InstallationID(1), day), .knownDays(id, InstallationID(1)),
            .integration(id),
        ]
        for key in keys {
            try await put(key)
            let failure = await #expect(throws: Failure.self) { try await collect() }
            #expect(failure?.code == .newerFormat && failure?.retry == .never)
            let message = try #require(failure?.message)
            #expect(message.contains("\(key) has format version 2"))
            #expect(message.contains("reads versions up to 1"))
            #expect(message.contains(ProductVersion.current))
            #expect(try await value(key) == #"{"version": 2}"#)
            #expect(try await store.allKeys(prefix: "") == [key])
            try await store.remove(key, if: .always)
        }
    }

    @Test("stops only the integration that it belongs to")
    func integrations() async throws {
        let github = AuthorizingGitHub()
        let expiry = clock.now().advanced(by: .seconds(28_800))
        for text in ["9-a", "9-b"] {
            try await github.connect(
                try #require(IntegrationID(text)), named: text, in: store, at: clock.now(),
                until: expiry)
        }
        let key = StoreKey.integration(try #require(IntegrationID("9-a")))
        try await put(key)
        let output = try await tick(github)
        #expect(output.events.count == 3)
        #expect(output.attention.map(\.integration) == ["9-a"])
        #expect(output.attention.first?.reason.contains("format version 2") == true)
        #expect(try await value(key) == #"{"version": 2}"#)
    }

    @Test("is not replaced by a tick, and a summary of days that it cannot read does not stop it")
    func derived() async throws {
        let github = AuthorizingGitHub()
        try await github.connect(
            id, named: "copilot", in: store, at: clock.now(),
            until: clock.now().advanced(by: .seconds(28_800)))
        let keys: [StoreKey] = [.tickRun, .problems(id), .knownDays(id, InstallationID(1))]
        for key in keys { try await put(key) }
        // An organization that is gone would be a problem to keep.
        github.change { $0.accounts.append(.init(id: 2, login: "bar", role: "member")) }
        #expect(try await tick(github).events.count == 3)
        for key in keys { #expect(try await value(key) == #"{"version": 2}"#) }
    }

    @Test("sealed, is told from a wrong key")
    func sealed() throws {
        let key = StoreKey.credentials(id)
        let failure = #expect(throws: Failure.self) {
            try Stored.check(Array("v2.6356af91.AAAA.BBBB".utf8), at: key)
        }
        #expect(failure?.code == .newerFormat)
        let inside = OpenVault().seal(Secret(#"{"access": "a", "version": 3}"#), for: key)
        let other = #expect(throws: Failure.self) {
            try Credentials.open(inside, of: id, in: OpenVault())
        }
        #expect(other?.code == .newerFormat)
    }

    @Test("has fields, sources and outcomes that this version leaves out")
    func unknownWords() async throws {
        let key = StoreKey.manifest(id, InstallationID(1), day)
        try await put(
            key,
            """
            {"version": 1, "organization": "acme", "day": "2026-11-21", "integration": "9-copilot",
             "installation": 1, "samples": 3, "final": false, "readAt": "2026-11-22T06:00:00Z",
             "weather": "mild", "sources": {
               "weather": {"outcome": "sunny", "samples": 1},
               "billing": {"outcome": "sunny", "samples": 2, "wind": 3}}}
            """)
        let entry = try #require(try await store.entry(for: key))
        let manifest = try Stored.decode(Manifest.self, from: entry.value, at: key)
        #expect(manifest.sources.keys.map(\.rawValue) == ["billing"])
        #expect(manifest.sources[.billing]?.outcome == .unknown("sunny"))
    }
}
