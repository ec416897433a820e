import ArgumentParser
import Glibc
import TestSupport
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Measures the way of a report's bytes to a backend, and what else a day of collecting costs.
///
///     bench ─▶ a process a stage and size ─▶ Measurement ─▶ Figures ─▶ table, JSON
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measures how fast and how small copilot-usage is.",
        subcommands: [
            Measure.self, Collect.self, Tick.self, Fill.self, TickInMemory.self, Pages.self,
            CheckInstructions.self,
        ])

    @Flag(help: "One small report and fewer runs.")
    var quick = false

    @Option(help: ArgumentHelp("Where the figures are written as JSON.", valueName: "file"))
    var json: String?

    @Option(help: ArgumentHelp("The release build of copilot-functions.", valueName: "file"))
    var functions: String?

    func run() async throws {
        let program = try ProcessStatus.program()
        let runs = quick ? 3 : 5
        var figures = Figures(runs: runs)
        for users in quick ? [1_000] : [1_000, 10_000, 100_000] {
            for stage in Stage.allCases {
                Self.tell("\(users) users, \(stage.rawValue), \(runs) runs")
                figures.stages.append(try await measure(stage, users, runs, program))
            }
            try figures.checkPlainLoop(users)
        }
        for organizations in quick ? [10] : [10, 1_000, 10_000] {
            Self.tell("onDailyTick, \(organizations) organizations")
            figures.ticks.append(
                try await TickFigures.measured(
                    organizations: organizations, days: TickFigures.dayCount, runs: runs))
        }
        Self.tell("pages of the local runner")
        figures.pages = try await Pages.measured(quick ? [40] : [40, 1_000], runs: runs)
        Self.tell("store and bus")
        figures.engines = try await EngineFigures.measured(operations: quick ? 200 : 1_000)
        Self.tell("instructions")
        figures.instructions = try await Instructions.counted(program, functions)
        if let functions {
            for (users, condition, identity) in quick ? [(1_000, .none, "full")] : Self.collections
            {
                Self.tell("onCollectOrg, \(users) users, \(condition.title), \(identity)")
                figures.collect.append(
                    try await collect(users, condition, identity, quick ? 1 : 3, program, functions)
                )
            }
            Self.tell("copilot-functions")
            figures.program = try await ProgramFigures.measured(functions, starts: 20)
        }
        print(figures.text)
        if let json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(figures).write(to: URL(filePath: json))
            Self.tell("the figures are in \(json)")
        }
        try figures.checkPages()
    }

    private func measure(
        _ stage: Stage, _ users: Int, _ runs: Int, _ program: String
    ) async throws -> Measurement {
        let words = [program, "measure", stage.rawValue, "--users=\(users)", "--runs=\(runs)"]
        let core = ["taskset", "--cpu-list", "\(try ProcessStatus.lastCore())"]
        let command = stage.isOnOneCore ? core + words : words
        let output = try await Self.output(of: command)
        return try JSONDecoder().decode(Measurement.self, from: Data(output.utf8))
    }

    private static let collections: [(Int, BusyGitHub.Condition, String)] =
        [1_000, 10_000, 100_000].map { ($0, .none, "full") } + [(100_000, .none, "login")]
        + [
            .longLine, .longLines, .manyEntries, .manyEntriesEach, .tooLong, .slowReceiver,
            .slowGitHub,
        ].map {
            (10_000, $0, "full")
        } + [(100_000, .oneList, "full")]

    private func collect(
        _ users: Int, _ condition: BusyGitHub.Condition, _ identity: String, _ runs: Int,
        _ program: String, _ functions: String
    ) async throws -> CollectFigures {
        let output = try await Self.output(
            of: [
                program, "collect", functions, "--users=\(users)", "--runs=\(runs)",
                "--condition=\(condition.rawValue)", "--identity=\(identity)",
            ])
        return try JSONDecoder().decode(CollectFigures.self, from: Data(output.utf8))
    }

    /// Runs a command to its end.
    ///
    /// - Parameter command: The program and its arguments.
    /// - Returns: What it printed on standard output.
    /// - Throws: `Problem` if it does not end well.
    static func output(of command: [String]) async throws -> String {
        let outcome = try await ChildProcess.outcome(of: command[0], Array(command.dropFirst()))
        guard outcome.status == 0 else {
            throw Problem(
                description: "\(command.joined(separator: " ")) ended with \(outcome.status): "
                    + outcome.errors.suffix(2_000))
        }
        return outcome.output
    }

    /// Why there are no figures.
    struct Problem: Error, CustomStringConvertible {
        let description: String
    }

    private static func tell(_ what: String) {
        var line = Array("bench: \(what)\n".utf8)
        // The line is lent for the call; one that cannot be written is not worth a word.
        _ = unsafe write(STDERR_FILENO, &line, line.count)
    }
}
