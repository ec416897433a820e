import Deployment
import Domain
import GitHubSimulator
import SystemClock
import TestSupport
import Testing

@Suite("A scenario, with the built programs", .timeLimit(.minutes(5)))
struct ScenarioTests {
    @Test("has an expected ending, and is listed", arguments: Scenario.all.map(\.name))
    func listed(name: String) async throws {
        #expect(ScenarioEnding.all.count { $0.scenario == name } == 1)
        try await withTemporaryFolder { folder in
            let list = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["simulate", "--list", "--json"], in: folder)
            #expect(list.status == 0)
            #expect(try json(list.output)[name]?.text == Scenario.named(name)?.explanation)
        }
    }

    @Test(
        "ends as expected, with exactly GitHub's numbers", arguments: ScenarioEnding.all)
    func ends(ending: ScenarioEnding) async throws {
        let scenario = try #require(Scenario.named(ending.scenario))
        try await Stage.with(Self.world) { configuration, world in
            if !scenario.isLater { scenario.apply(to: &world, &configuration) }
        } _: { stage in
            #expect(try await stage.connect()["status"] == .integer(200))
            if scenario.isLater { stage.github.begin(scenario) }
            // One after the other, so that what strikes the first calls strikes the first ones.
            let patience = ["REQUEST_TIMEOUT_SECONDS": "1"] as [String: String?]
            let tick = try await stage.tick(
                on: Stage.yesterday, "--parallel", "1", with: ending.heals ? patience : [:])

            #expect(tick.status == ending.status, "\(tick.report) \(tick.errors.suffix(1_000))")
            try check(ending.first, "acme", tick, stage, ending)
            try check(ending.second, "acme-2", tick, stage, ending)
            for (source, words) in ending.reasons {
                let reason = tick.reason(source)
                #expect(reason.contains(words), "\(source.rawValue): \(reason)")
            }
            for (source, words) in ending.notes {
                let notes = tick.result(source)?["notes"]?.elements.compactMap(\.text) ?? []
                #expect(notes.contains { $0.contains(words) }, "\(source.rawValue): \(notes)")
            }
            let remarks = (tick.skipped + tick.attention).compactMap { $0["reason"]?.text }
            if let words = ending.remark {
                #expect(remarks.contains { $0.contains(words) }, "\(remarks)")
            }
            if ending.heals {
                // Tomorrow's: today's event waits on the bus for its second attempt.
                let tomorrow = Stage.yesterday.advanced(by: 2)
                let next = try await stage.tick(
                    on: Stage.yesterday, "--time", "\(tomorrow)T06:00:00Z", with: patience)
                #expect(next.status == 0, "\(next.report)")
                let truth = try stage.truth(.users, of: "acme", Stage.yesterday)
                #expect(try stage.written([.users], of: "acme", Stage.yesterday) == truth)
            }
            #expect(stage.github.violations.isEmpty)
            // Otherwise the scenario shows nothing.
            #expect(stage.github.idleFaults.isEmpty || ending.isIdle)
        }
    }

    @Test("follows a renamed organization by its number, and keeps the name of a written day")
    func renamed() async throws {
        let (yesterday, before) = (Stage.yesterday, Stage.yesterday.advanced(by: -1))
        try await Stage.with(Self.world) { stage in
            try await stage.connect()
            #expect(try await stage.tick(on: yesterday).status == 0)
            stage.github.begin(try #require(Scenario.named("renamed-organization")))
            stage.github.update { world in
                world.publication.append(
                    PublicationRule(source: .users, .revised(after: .zero)))
            }
            let tick = try await stage.tick(
                "--from", before.description, "--to", yesterday.description)
            #expect(tick.status == 0)
            // What was written stays what it is called, and is replaced there when restated.
            #expect(tick.outcome(.organization, "acme", yesterday) == .unchanged)
            #expect(tick.outcome(.users, "acme", yesterday) == .restated)
            #expect(tick.outcome(.users, "acme-anew", before) == .written)
            #expect(tick.manifest("acme-anew", yesterday) == nil)
            let files = try stage.samples()
            #expect(files["acme-anew/\(yesterday)"] == nil)
            #expect(files["acme-anew/\(before)"] != nil)
            let truth = try stage.truth(.users, of: "acme-anew", yesterday).map { row in
                Row(row.name, row.labels.merging(["organization": "acme"]) { $1 }, row.value)
            }
            #expect(try stage.written([.users], yesterday) == truth.sorted())
            #expect(stage.github.violations.isEmpty)
        }
    }

    @Test("collects nothing by the old login of an organization that was renamed before a retry")
    func renamedBeforeRetry() async throws {
        try await Stage.with(Self.world) { stage in
            try await stage.connect()
            let day = Stage.yesterday
            let tick = try await stage.function(
                "onDailyTick", #"{"from":"\#(day)","to":"\#(day)","organizations":["acme"]}"#,
                with: ["EVENT_BUS": nil])
            let event = try #require(try json(tick.output)["events"]?.elements.first)
            stage.github.begin(try #require(Scenario.named("renamed-organization")))
            // Somebody else takes the login, which the token of the installation does not reach.
            stage.github.update { world in world.organizations[1].login = "acme" }

            let retry = try await stage.function(
                "onCollectOrg", String(decoding: try encoded(event), as: UTF8.self))
            let manifest = try json(retry.output)
            #expect(manifest["samples"] == .integer(0), "\(retry.output)")
            #expect(manifest["final"] == .bool(false))
            #expect(try stage.samples().isEmpty)

            let next = try await stage.tick(on: day)
            #expect(next.outcome(.users, "acme-anew") == .written, "\(next.report)")
            let truth = try stage.truth(.users, of: "acme-anew", day)
            #expect(try stage.written([.users], of: "acme-anew", day) == truth)
        }
    }

    @Test("collects an organization that two integrations reach once, and names the integration")
    func twoIntegrations() async throws {
        try await Stage.with(Self.world) { stage in
            #expect(try await stage.connect()["status"] == .integer(200))
            let second = try await stage.connect(query: ["name": "second"])
            #expect(second["status"] == .integer(200))
            let listed = try json(try await stage.local("integrations", "--json").output)
            #expect(listed.elements.count == 2)

            let tick = try await stage.tick(on: Stage.yesterday)
            #expect(tick.status == 0)
            #expect(tick.manifests.count == 2)
            for organization in ["acme", "acme-2"] {
                let skipped = tick.skipped.filter { $0["organization"]?.text == organization }
                #expect(skipped.count == 1)
                let reason = skipped.first?["reason"]?.text ?? ""
                #expect(reason.contains("collected by integration"), "\(reason)")
                #expect(try stage.written(of: organization, Stage.yesterday).count > 100)
            }
            #expect(stage.github.violations.isEmpty)
        }
    }

    /// Today is in the middle of the history: that is when an outage is.
    static var world: World {
        .generated(
            organizations: 2, users: 24, seed: 11, firstDay: Stage.yesterday.advanced(by: -39),
            lastDay: Stage.yesterday.advanced(by: 41))
    }

    private func check(
        _ expected: [Source: Outcome]?, _ organization: String, _ tick: Collected, _ stage: Stage,
        _ ending: ScenarioEnding
    ) throws {
        guard let expected else {
            #expect(tick.manifest(organization) == nil)
            return
        }
        let outcomes = tick.outcomes(organization)
        for source in Source.allCases {
            #expect(
                outcomes[source] == expected[source] ?? .written,
                "\(source.rawValue) of \(organization): \(tick.reason(source, organization))")
        }
        for source in Source.reports {
            let written = try stage.written([source], of: organization, Stage.yesterday)
            guard outcomes[source] == .written else {
                #expect(written.isEmpty)
                continue
            }
            var truth = try stage.truth(
                source, of: organization, Stage.yesterday, after: ending.effect)
            if outcomes[.members] != .written { truth = truth.map(\.anonymous).sorted() }
            #expect(written == truth, "\(source.rawValue) of \(organization)")
            #expect(!truth.isEmpty)
        }
    }
}

extension Row {
    /// The row without what the member list says of people.
    var anonymous: Row {
        Row(name, labels.filter { !["user_name", "user_email"].contains($0.key) }, value)
    }
}
