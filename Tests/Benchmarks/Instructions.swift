import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Instruction counts, which show a change of the program without the noise of the machine.
///
/// Everything that a count could depend on is fixed: the environment, the folder, the order of
/// hash tables, the seeds, the core and the allocation of work to it. What remains is how threads
/// take turns, which changes a count by less than a thousandth.
struct Instructions: Codable {
    /// A part of the program whose instructions are counted.
    enum Workload: String, Codable, CaseIterable, CodingKeyRepresentable {
        /// The first reading of a report.
        case records
        /// The second reading, which sends: the hot loop.
        case bodies
        /// A process of `copilot-functions` that answers one event.
        case start
        /// A daily tick over many organizations.
        case tick

        /// The workload and its unit.
        var title: String {
            switch self {
            case .records: "report bytes to samples, per user"
            case .bodies: "report bytes to compressed bodies, per user"
            case .start: "start of copilot-functions for one event, state in memory"
            case .tick: "tick over 1,000 organizations, state in memory"
            }
        }
    }

    /// The instructions of each workload that was counted.
    var counts: [Workload: Double] = [:]

    /// Counts the instructions of every workload.
    ///
    /// - Parameters:
    ///   - program: This program.
    ///   - functions: The release build of `copilot-functions`; nil skips the start.
    /// - Returns: The counts, or nil if valgrind is not installed.
    /// - Throws: `Problem` if a workload fails.
    static func counted(_ program: String, _ functions: String?) async throws -> Instructions? {
        guard await ChildProcess.isInstalled("valgrind") else { return nil }
        return try await withTemporaryFolder { folder in
            let callgrind = Callgrind(folder: folder, core: try ProcessStatus.lastCore())
            try await callgrind.add(program, as: "bench")
            // Each stage reads the report twice, see `Measure`.
            func stage(_ stage: Stage) async throws -> Double {
                let users = 1_000
                let count = try await callgrind.count(
                    "bench", ["measure", stage.rawValue, "--users=\(users)", "--runs=1"])
                return count / Double(2 * users)
            }
            let generate = try await stage(.generate)
            var all = Instructions()
            all.counts[.records] = try await stage(.records) - generate
            all.counts[.bodies] = try await stage(.bodies) - generate
            if let functions {
                try await callgrind.add(functions, as: "copilot-functions")
                try Data("{}".utf8).write(to: URL(filePath: "\(folder)/tick.json"))
                all.counts[.start] = try await callgrind.count(
                    "copilot-functions", ["onDailyTick", "--event", "tick.json"],
                    environment: ProgramFigures.environment.compactMapValues { $0 })
            }
            // The difference leaves out the making of the store.
            let one = try await callgrind.count("bench", ["tick-in-memory", "1000", "1"])
            let two = try await callgrind.count("bench", ["tick-in-memory", "1000", "2"])
            all.counts[.tick] = two - one
            return all
        }
    }
}

/// Programs in a folder, run under callgrind one at a time.
private struct Callgrind {
    let folder: String
    let core: Int

    /// Copies a program into the folder.
    func add(_ program: String, as name: String) async throws {
        // Valgrind 3.19 of Debian 12 cannot read the compiler's debug information.
        _ = try await Benchmarks.output(of: ["strip", "-o", "\(folder)/\(name)", program])
    }

    /// Runs a program of the folder.
    ///
    /// - Parameters:
    ///   - name: The program.
    ///   - arguments: Its arguments.
    ///   - environment: The variables that it sees beside the fixed ones.
    /// - Returns: The instructions that it executed.
    /// - Throws: `Problem` if it fails.
    func count(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> Double {
        let fixed = [
            "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC",
            "SWIFT_DETERMINISTIC_HASHING": "1",
        ]
        let variables = fixed.merging(environment) { $1 }.map { "\($0)=\($1)" }.sorted()
        let outcome = try await ChildProcess.outcome(
            of: "env",
            ["-i"] + variables + [
                "taskset", "--cpu-list", "\(core)", "valgrind", "--tool=callgrind",
                "--callgrind-out-file=/dev/null", "./\(name)",
            ] + arguments, in: folder)
        // "==4711== Collected : 123456789"
        let line = outcome.errors.split(separator: "\n").last { $0.contains("Collected") }
        let words = line?.split(separator: " ") ?? []
        guard outcome.status == 0, let count = words.last.flatMap({ Double($0) }) else {
            throw Benchmarks.Problem(
                description: "valgrind ./\(name) ended with \(outcome.status): "
                    + outcome.errors.suffix(2_000))
        }
        return count
    }
}
