import Domain
import GitHubSimulator
import TestSupport
import Testing

@Suite("The function host, event by event", .timeLimit(.minutes(5)))
struct FunctionHostTests {
    @Test("collects what the tick finds, one event a run")
    func chain() async throws {
        try await Stage.with { stage in
            let (status, page) = try await stage.authorize()
            #expect(status == 200)
            #expect(page.contains("acme"))

            let tick = try await stage.function("onDailyTick", "{}", with: ["EVENT_BUS": nil])
            #expect(tick.status == 0, "\(tick.errors)")
            let events = try json(tick.output)["events"]?.elements ?? []
            #expect(events.count == 2 * 3)
            #expect(Set(events.compactMap { $0["id"]?.text }).count == events.count)

            for event in events {
                let text = String(decoding: try encoded(event), as: UTF8.self)
                let outcome = try await stage.function("onCollectOrg", text)
                #expect(outcome.status == 0, "\(outcome.errors)")
                let manifest = try json(outcome.output)
                #expect(manifest["day"] == event["data"]?["day"])
                #expect(
                    manifest["sources"]?["organization-1-day"]?["outcome"]?.text == "written",
                    "\(outcome.output)")
            }
            #expect(try stage.samples().count == events.count)
            #expect(stage.github.violations.isEmpty)
        }
    }

    @Test("leaves with 1 when a source is refused, and says why in the manifest and the log")
    func refused() async throws {
        try await Stage.with { configuration, world in
            Scenario.named("policy-off")?.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.authorize()
            let outcome = try await stage.local("tick", "--json")
            #expect(outcome.status == 1)
            let manifests = try json(outcome.output)["manifests"]?.elements ?? []
            let refusals = manifests.compactMap { $0["sources"]?["organization-1-day"] }
                .filter { $0["outcome"]?.text == "policy-off" }
            #expect(refusals.count == 3)
            #expect(refusals.allSatisfy { $0["reason"]?.text?.isEmpty == false })
            let text = try await stage.local("tick")
            #expect(text.output.contains("policy"))
        }
    }
}
