import Authorization
import Domain
import Fakes
import FunctionInterface
import GitHub
import InMemory
import OnCollectOrg
import OnDailyTick
import Ports
import Testing

/// An integration `9-copilot` that reaches `acme`, on the morning after the day to collect; its reports
/// are not ready yet.
struct OneOrganization {
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

    /// Stores an integration and its credentials, good for a working day.
    func connect(_ github: AuthorizingGitHub, _ id: String = "9-copilot") async throws {
        try await github.connect(
            try #require(IntegrationID(id)), named: id, in: store, at: clock.now(),
            until: clock.now().advanced(by: .seconds(28_800)))
    }

    /// Runs a tick.
    func tick(
        _ github: AuthorizingGitHub, on store: (any KeyValueStore)? = nil
    ) async throws -> DailyTick.Output {
        try await DailyTick(
            store: store ?? self.store, vault: OpenVault(), clock: clock,
            github: try github.client(clock: clock),
            authorizeURL: "https://usage.example/authorize"
        ).run(DailyTick.Event())
    }

    /// Collects the day.
    func collect(on store: (any KeyValueStore)? = nil) async throws -> Manifest {
        try await collecting(on: store).output
    }

    /// Collects the day, and keeps what it changes.
    func collecting(on store: (any KeyValueStore)? = nil) async throws -> Handled<Manifest> {
        var answers = ScriptedGitHub.Answers()
        for source in Source.reports { answers.envelopes[source] = (204, "") }
        let function = CollectOrg(
            settings: CollectOrg.Settings(
                identity: .login, tags: SampleTags(application: "copilot")),
            github: try ScriptedGitHub(answers).client(clock: clock), store: store ?? self.store,
            sink: RecordingSink(), vault: OpenVault(), entropy: SeededEntropy(seed: 2),
            hashing: NoHashing(), clock: clock)
        let handled = try await function.handle(
            CollectEvent(
                integration: id, installation: InstallationID(1), organization: organization,
                day: day))
        try await handled.changes.keep()
        return handled
    }
}
