import Deployment
import Domain
import GitHubSimulator
import TestSupport
import Testing

/// What goes wrong, and the words by which a person understands it.
struct Story: Sendable, CustomStringConvertible {
    var scenario: String
    /// Words that name the cause.
    var cause: String
    /// Words of the log, where it is shorter.
    var logged: String?
    /// Words of the page, where it is shorter.
    var shown: String?
    /// Whether it is a problem, or only worth knowing.
    var isProblem = true

    var description: String { scenario }

    static let all = [
        Story(scenario: "policy-off", cause: "Enabled everywhere"),
        Story(scenario: "no-billing-permission", cause: "Administration: read"),
        Story(scenario: "suspended-installation", cause: "can unsuspend it"),
        Story(scenario: "single-sign-on", cause: "single sign-on"),
        Story(scenario: "ip-allow-list", cause: "IP allow list of acme"),
        Story(scenario: "used-up-limit", cause: "rate limit is reached"),
        Story(scenario: "outage", cause: "unavailable"),
        Story(scenario: "bad-lines", cause: "Nothing of this report was sent"),
        Story(scenario: "clock-skew", cause: "10 min ahead"),
        Story(scenario: "not-an-owner", cause: "does not own acme", isProblem: false),
        Story(
            scenario: "revoked-authorization", cause: "no longer accepts the person's authorization"
        ),
        Story(
            scenario: "missing-files", cause: "does not exist yet",
            logged: "users-1-day, members not-ready", shown: "waiting for users report",
            isProblem: false),
    ]
}

@Suite("A story, told by the built programs", .timeLimit(.minutes(5)))
struct StoryTests {
    @Test("is understood from the log, from status and from the page alone", arguments: Story.all)
    func told(story: Story) async throws {
        let scenario = try #require(Scenario.named(story.scenario))
        try await Stage.with(ScenarioTests.world) { configuration, world in
            if !scenario.isLater { scenario.apply(to: &world, &configuration) }
        } _: { stage in
            try await stage.connect()
            if scenario.isLater { stage.github.begin(scenario) }
            let (log, page, health) = try await run(stage, until: story)
            #expect(log.contains(story.logged ?? story.cause), "\(log.suffix(3_000))")
            let isLoud = log.contains("WARNING") || log.contains("ERROR")
            #expect(isLoud == story.isProblem, "\(log.suffix(3_000))")
            #expect(page.contains(escaped(story.shown ?? story.cause)), "\(page.suffix(3_000))")
            #expect(health.status == (story.isProblem ? 503 : 200), "\(health.page)")

            let status = try await stage.local("status")
            #expect(status.output.unwrapped.contains(story.cause), "\(status.output)")
            #expect(status.status == (story.isProblem ? 1 : 0), "\(status.output)")
        }
    }

    /// Lets the runner make up for today's tick, and looks at its page once that has settled.
    private func run(
        _ stage: Stage, until story: Story
    ) async throws -> (log: String, page: String, health: Stage.Page) {
        try await ChildProcess.withRunning(
            BuiltProgram.local, ["run", "--port", String(stage.port), "--at", "00:00"],
            environment: stage.environment.merging(["LOG_FORMAT": "text"]) { $1 }, in: stage.folder
        ) { runner in
            let home = "http://127.0.0.1:\(stage.port)"
            try await runner.wait(for: "words of the cause", atMost: .seconds(60)) {
                guard runner.output.unwrapped.contains(story.logged ?? story.cause) else {
                    return false
                }
                let page = try? await Stage.get(home)
                return page?.page.contains(escaped(story.shown ?? story.cause)) ?? false
            }
            let page = try await Stage.get(home)
            let health = try await Stage.get("\(home)/api/health")
            let ready = try await Stage.get("\(home)/readyz")
            #expect(ready.status == health.status)
            #expect(try await Stage.get("\(home)/healthz").status == 200)
            let kinds = try json(health.page)["problems"]?.elements ?? []
            #expect(kinds.isEmpty != story.isProblem)
            #expect(kinds.allSatisfy { $0["since"]?.text != nil && $0["remedy"]?.text != nil })
            runner.terminate()
            try await runner.waitForEnd()
            return (runner.output, page.page, health)
        }
    }

    private func escaped(_ text: String) -> String { text.replacing("'", with: "&#39;") }

    @Test("begins, lasts and ends in the log, and is nowhere any more")
    func resolved() async throws {
        try await Stage.with(ScenarioTests.world) { stage in
            try await stage.connect()
            stage.github.begin(try #require(Scenario.named("policy-off")))
            #expect(try await stage.local("tick").status == 1)
            stage.github.begin(try #require(Scenario.named("plain")))
            stage.github.update { world in
                for index in world.organizations.indices {
                    world.organizations[index].isPolicyOn = true
                }
            }
            // The oldest day is final, although it was refused: `status` says how to read it again.
            let days = (Stage.yesterday.advanced(by: -2).description, Stage.yesterday.description)
            let advice = try await stage.local("status").output.unwrapped
            let command = "tick --organization acme --from \(days.0) --to \(days.1)"
            #expect(advice.contains(command), "\(advice)")
            let healed = try await stage.local("tick", "--from", days.0, "--to", days.1)
            #expect(healed.status == 0, "\(healed.errors)")
            let status = try await stage.local("status")
            #expect(status.status == 0, "\(status.output)")
            #expect(!status.output.contains("policy-off"))
            let events = try json(try await stage.local("events", "--json").output).elements
            #expect(events.contains { $0["problems"]?["began"]?.elements.isEmpty == false })
            #expect(events.contains { $0["problems"]?["ended"]?.elements.isEmpty == false })
        }
    }

    @Test("explains one organization and one day")
    func explained() async throws {
        try await Stage.with(ScenarioTests.world) { configuration, world in
            Scenario.named("bad-lines")?.apply(to: &world, &configuration)
        } _: { stage in
            try await stage.connect()
            #expect(try await stage.local("tick").status == 1)
            let organization = try await stage.local("status", "acme")
            #expect(organization.status == 1)
            let day = try await stage.local("status", "acme", Stage.yesterday.description)
            #expect(day.status == 1)
            for words in ["users-1-day", "failed", "Nothing of this report was sent"] {
                #expect(organization.output.unwrapped.contains(words), "\(organization.output)")
                #expect(day.output.unwrapped.contains(words), "\(day.output)")
            }
            #expect(organization.output.contains("Days that are not final"))
            #expect(day.output.contains("Next: ") && day.output.contains("Tried once"))
            let never = try await stage.local("status", "acme", "2020-01-01")
            #expect(never.output.contains("never read"), "\(never.output)")
        }
    }
}

extension String {
    /// The text with each run of spaces and line breaks as one space.
    fileprivate var unwrapped: String {
        split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
