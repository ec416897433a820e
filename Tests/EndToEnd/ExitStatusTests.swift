import Deployment
import Domain
import GitHubSimulator
import TestSupport
import Testing

/// One row per line of the table in docs/commands.md.
@Suite("The exit status of the built programs", .timeLimit(.minutes(5)))
struct ExitStatusTests {
    /// A tick over one day, and what `status` says after it.
    struct Row: Sendable, CustomStringConvertible {
        var scenario: String
        var tick: Int
        var status: Int
        /// Words of `status`.
        var words: [String] = []

        var description: String { scenario }
    }

    static let rows = [
        Row(scenario: "plain", tick: 0, status: 0),
        Row(scenario: "late-reports", tick: 0, status: 0, words: ["not-ready"]),
        Row(scenario: "odd-installation", tick: 1, status: 1, words: ["unknown form"]),
    ]

    @Test("of tick and status follows what was collected", arguments: rows)
    func collected(row: Row) async throws {
        let scenario = try #require(Scenario.named(row.scenario))
        try await Stage.with(ScenarioTests.world) { configuration, world in
            if !scenario.isLater { scenario.apply(to: &world, &configuration) }
        } _: { stage in
            try await stage.connect()
            if scenario.isLater { stage.github.begin(scenario) }
            let tick = try await stage.local("tick")
            #expect(tick.status == row.tick, "\(tick.output)\(tick.errors)")
            let status = try await stage.local("status")
            #expect(status.status == row.status, "\(status.output)\(status.errors)")
            for words in row.words {
                #expect(status.output.contains(words), "no \(words) in\n\(status.output)")
            }
            let json = try await stage.local("status", "--json")
            #expect(json.status == row.status)
        }
    }

    @Test(
        "is 2 under a limit on the address space that they would hang or crash under",
        arguments: [BuiltProgram.local, BuiltProgram.functions], [200_000, 350_000])
    func addressSpace(program: String, kilobytes: Int) async throws {
        let outcome = try await ChildProcess.outcome(
            of: "sh", ["-c", #"ulimit -v \#(kilobytes) && exec "$0" --version"#, program])
        #expect(outcome.status == 2, "\(outcome.errors)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains("address space of a process is"), "\(outcome.errors)")
    }

    @Test("is not 0 under a limit on open files that is too low, which is named instead of GitHub")
    func openFiles() async throws {
        try await Stage.with(ScenarioTests.world) { stage in
            try await stage.connect()
            var said: [String] = []
            for limit in stride(from: 10, to: 30, by: 4) {
                let outcome = try await ChildProcess.outcome(
                    of: "sh",
                    ["-c", #"ulimit -n \#(limit) && exec "$0" tick --quiet"#, BuiltProgram.local],
                    environment: stage.environment, in: stage.folder)
                let text = outcome.output + outcome.errors
                said.append("\(limit): \(outcome.status) \(text)")
                #expect(!text.contains("check GITHUB_API_URL"), "\(text)")
            }
            #expect(said.contains { $0.contains("ulimit -n") }, "\(said)")
        }
    }

    @Test("is 1 while nobody is connected")
    func nobody() async throws {
        try await Stage.with { stage in
            for arguments in [["tick"], ["tick", "--json"], ["status"], ["status", "--json"]] {
                let outcome = try await ChildProcess.outcome(
                    of: BuiltProgram.local, arguments, environment: stage.environment,
                    in: stage.folder)
                #expect(outcome.status == 1, "\(arguments): \(outcome.output)")
                #expect(outcome.errors.contains("Nobody has connected GitHub here yet"))
            }
        }
    }

    @Test(
        "of other commands, where there is no state",
        arguments: [
            (["events"], 1), (["integrations"], 1), (["dead-letters"], 1), (["state"], 1),
            (["state", "nope"], 1), (["integrations", "remove", "nope"], 1), (["doctor"], 1),
            (["status", "nobody"], 1), (["tick", "--from", "2026-02-30"], 2), (["tock"], 2),
            (["--version"], 0), (["status", "--help"], 0),
        ])
    func others(arguments: [String], status: Int) async throws {
        try await Stage.with { stage in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, arguments, environment: stage.environment, in: stage.folder)
            #expect(outcome.status == status, "\(outcome.output)\(outcome.errors)")
        }
    }

    @Test("of lists is 0, and of what they do not hold 2")
    func lists() async throws {
        try await Stage.with { stage in
            try await stage.connect()
            _ = try await stage.local("tick")
            for (arguments, status, words) in [
                (["events"], 0, ""), (["integrations"], 0, ""), (["dead-letters"], 0, ""),
                (["state"], 0, ""), (["state", "nope"], 2, "No entry has the key nope"),
                (["integrations", "remove", "nope"], 2, "No integration has the id nope"),
                (["dead-letters", "redrive", "nope"], 2, "No dead letter has the id nope"),
                (["status", "nobody"], 2, "No organization nobody is known"),
            ] as [([String], Int, String)] {
                let outcome = try await ChildProcess.outcome(
                    of: BuiltProgram.local, arguments, environment: stage.environment,
                    in: stage.folder)
                #expect(outcome.status == status, "\(arguments): \(outcome.errors)")
                #expect(outcome.errors.contains(words) || words.isEmpty, "\(outcome.errors)")
            }
        }
    }

    @Test("is 130 after Ctrl-C, with how much is left, and the same command goes on")
    func interrupted() async throws {
        let last = Stage.yesterday
        let world = World.generated(
            organizations: 2, users: 12, seed: 5, firstDay: last.advanced(by: -59), lastDay: last)
        let range = ["--from", last.advanced(by: -59).description, "--to", last.description]
        try await Stage.with(world) { stage in
            try await stage.connect()
            let (said, status) = try await ChildProcess.ending(
                BuiltProgram.local, ["tick", "--parallel", "1"] + range,
                environment: stage.environment, in: stage.folder
            ) { tick in
                try await tick.wait(for: "its first days") { tick.output.contains("(4 of 121)") }
                tick.interrupt()
                try await tick.waitForEnd()
                return tick.output
            }
            #expect(status == 130)
            let words =
                #/Stopped: (\d+) of 121 events are left\. Run the same command again to go on\./#
            let left = try #require(try words.firstMatch(in: said)?.1, "\(said.suffix(500))")
            let count = try #require(Int(left))
            #expect(1..<121 ~= count)
            let next = try await stage.local(
                "tick", "--json", range[0], range[1], range[2], range[3])
            #expect(next.status == 0, "\(next.errors.suffix(500))")
            // And days that were read, but may still be revised.
            let manifests = try json(next.output)["manifests"]?.elements.count ?? 0
            #expect(manifests >= count && manifests <= count + 4, "\(manifests) of \(count)")
        }
    }

    @Test("is 130 after Ctrl-C in a demo")
    func demo() async throws {
        try await withTemporaryFolder { folder in
            let (said, status) = try await ChildProcess.ending(
                BuiltProgram.local,
                [
                    "demo", "--folder", "\(folder)/demo", "--days", "60", "--recorded",
                    "\(Repository.root)/\(Repository.recordedFolder)",
                ],
                environment: ["METRICS_SINK": nil], in: folder
            ) { demo in
                try await demo.wait(for: "its first ticks") {
                    demo.output.ranges(of: "daily tick").count >= 2
                }
                demo.interrupt()
                try await demo.waitForEnd()
                return demo.output
            }
            #expect(status == 130)
            #expect(said.contains("of 60 days are left"), "\(said.suffix(500))")
        }
    }
}
