import TestSupport

/// Instructions a user, which tell a change of the program from one of the machine's mood.
struct Instructions: Codable {
    /// Of how many users.
    static let users = 1_000

    var records: Double
    var bodies: Double

    /// Counts under callgrind, without the instructions that make up the report.
    ///
    /// - Parameter program: This program.
    /// - Returns: The counts, or nil if valgrind is not installed.
    /// - Throws: `Problem` if it does not run.
    static func counted(_ program: String) async throws -> Instructions? {
        guard await ChildProcess.isInstalled("valgrind") else { return nil }
        return try await withTemporaryFolder { folder in
            // Valgrind 3.19 of Debian 12 cannot read the compiler's debug information.
            let stripped = "\(folder)/bench"
            _ = try await Benchmarks.output(of: ["strip", "-o", stripped, program])
            let rest = try await count(.generate, stripped, folder)
            return Instructions(
                records: try await count(.records, stripped, folder) - rest,
                bodies: try await count(.bodies, stripped, folder) - rest)
        }
    }

    private static func count(
        _ stage: Stage, _ program: String, _ folder: String
    ) async throws -> Double {
        let outcome = try await ChildProcess.outcome(
            of: "valgrind",
            [
                "--tool=callgrind", "--callgrind-out-file=\(folder)/counts", program, "measure",
                stage.rawValue, "--users=\(users)", "--runs=1",
            ])
        // "==4711== Collected : 123456789"
        let line = outcome.errors.split(separator: "\n").last { $0.contains("Collected") }
        let words = line?.split(separator: " ") ?? []
        guard outcome.status == 0, let count = words.last.flatMap({ Double($0) }) else {
            throw Benchmarks.Problem(description: "valgrind: \(outcome.errors.suffix(2_000))")
        }
        // The stage is run twice, see `Measure`.
        return count / Double(2 * users)
    }
}
