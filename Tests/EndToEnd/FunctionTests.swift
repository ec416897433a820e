import Deployment
import Domain
import GitHubSimulator
import TestSupport
import Testing

@Suite("The function host, event by event", .timeLimit(.minutes(5)))
struct FunctionHostTests {
    @Test("collects what the tick finds, one event per run")
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

    @Test("exits with 1 when a source is refused, with the reason in manifest and log")
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
            // In a deployment the log is what there is to look at.
            let event = try #require(manifests.first { $0["organization"]?.text == "acme" })
            let collected = try await stage.function(
                "onCollectOrg", String(decoding: try encoded(event), as: UTF8.self))
            #expect(collected.status == 1)
            let told = collected.errors.split(separator: "\n")
                .filter { $0.contains("Enabled everywhere") }
            #expect(told.count == 1, "\(collected.errors)")
            #expect(told.first?.contains(#""organization":"acme""#) == true)
        }
    }

    @Test("reports unknown fields once per day and organization, in log and manifest")
    func drift() async throws {
        try await Stage.with { configuration, world in
            Scenario.named("unknown-fields")?.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.authorize()
            let tick = try await stage.function("onDailyTick", "{}", with: ["EVENT_BUS": nil])
            let event = try #require(try json(tick.output)["events"]?.elements.first)
            let text = String(decoding: try encoded(event), as: UTF8.self)
            for (attempt, count) in [(1, 1), (2, 0)] {
                let outcome = try await stage.function("onCollectOrg", text)
                let told = outcome.errors.split(separator: "\n")
                    .filter { $0.contains("totals_by_orbit") }
                #expect(told.count == count, "\(attempt): \(outcome.errors)")
                let sources = try json(outcome.output)["sources"]
                for name in ["organization-1-day", "users-1-day", "user-teams-1-day"] {
                    let notes = sources?[name]?["notes"]?.elements.compactMap(\.text) ?? []
                    #expect(notes.contains { $0.contains("totals_by_orbit") }, "\(name) \(notes)")
                    if count == 1 { #expect(told.first?.contains(name) == true) }
                }
            }
        }
    }

    @Test("collects a refused day on request after the policy is turned on")
    func refusedThenGranted() async throws {
        let old = Stage.yesterday.advanced(by: -5)
        try await Stage.with(organizations: 1) { configuration, world in
            Scenario.named("policy-off")?.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.connect()
            let refused = try await stage.tick(on: old)
            #expect(refused.outcome(.users, "acme", old) == .policyOff)
            #expect(refused.manifest("acme", old)?["final"] == .bool(true))
            stage.github.update { $0.updateAll { $0.isPolicyOn = true } }
            let granted = try await stage.tick(on: old)
            #expect(granted.status == 0)
            #expect(granted.outcome(.users, "acme", old) == .written)
            #expect(try stage.written([.users], old) == stage.truth(.users, old))
            // And then it is closed for good.
            #expect(try await stage.tick(on: old).manifests.isEmpty)
        }
    }

    @Test("begins a scenario that prevents authorization after the first authorization")
    func later() async throws {
        try await Stage.with { stage in
            try await ChildProcess.withRunning(
                BuiltProgram.local,
                [
                    "simulate", "--scenario", "outage", "--person", Person.owner.login,
                    "--callback", "http://127.0.0.1:\(stage.port)/authorize/callback",
                ], in: stage.folder
            ) { simulation in
                try await simulation.wait(for: "what is to come") {
                    simulation.output.contains("begins after the first authorization")
                }
                let played = stage.at(simulation.output)
                #expect(try await played.connect()["status"] == .integer(200))
                try await simulation.wait(for: "the outage") {
                    simulation.output.contains("begins: On one day")
                }
                let tick = try await played.tick(on: Stage.yesterday)
                #expect(tick.status == 1)
                let reasons = tick.attention.compactMap { $0["reason"]?.text }
                #expect(reasons.contains { $0.contains("unavailable") }, "\(reasons)")
                simulation.terminate()
                try await simulation.waitForEnd()
            }
        }
    }
}

extension Stage {
    /// The same stage at the GitHub that `copilot-local simulate` tells of.
    fileprivate func at(_ announcement: String) -> Stage {
        var variables: [String: String?] = environment
        for line in announcement.split(separator: "\n") {
            guard let equals = line.firstRange(of: "=\""), line.hasSuffix("\"") else { continue }
            let value = String(line[equals.upperBound...].dropLast())
            variables[String(line[..<equals.lowerBound])] = value.replacing("\\n", with: "\n")
        }
        return Stage(folder: folder, github: github, environment: variables, port: port)
    }
}
