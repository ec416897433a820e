import Domain
import FileStore
import GitHubSimulator
import Ports
import SystemClock
import TestSupport
import Testing
import Toolbox

@Suite("A tick over many integrations", .timeLimit(.minutes(5)))
struct SplitTickTests {
    @Test("is split on the bus, and reported as one")
    func split() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            // They have no tokens, so each of them needs its person to authorize again.
            let store = try FileStore(folder: "\(stage.folder)/state", clock: SystemClock())
            for number in 1...9 {
                let id = try #require(IntegrationID("\(number)-more"))
                let integration = Integration(
                    id: id, name: "more", tags: SampleTags(application: "copilot"),
                    user: GitHubUser(id: Int64(number), login: "owner-\(number)"),
                    authorizedAt: SystemClock().now(), organizations: [])
                try await store.put(
                    Stored.encode(integration, for: .integration(id)), for: .integration(id),
                    if: .absent)
            }
            let outcome = try await stage.local("tick", "--json")
            #expect(outcome.status == 1)
            let report = try json(outcome.output)
            #expect(report["manifests"]?.elements.count == 2 * 3)
            #expect(Set(report["attention"]?.elements.map { $0["integration"] } ?? []).count == 9)

            let events = try await stage.local("events").output
            #expect(events.contains("split into 10 ticks"), "\(events)")
            // One that is invoked by itself has no bus whose receivers know ticks: it does all.
            let alone = try json(
                await stage.function("onDailyTick", "{}", with: ["EVENT_BUS": nil]).output)
            #expect(alone["attention"]?.elements.count == 9)
            #expect(stage.github.violations.isEmpty)
        }
    }
}
