import TestSupport

/// Checks in Python, each a file of its own, because the tools that know the rules are Python's.
enum PythonCheck {
    static let folder = "\(Repository.root)/Tests/InfraTests/checks"

    /// Runs a check.
    ///
    /// - Parameter environment: Variables beside the path of the built program.
    static func outcome(
        of name: String, environment: [String: String?] = [:]
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.outcome(
            of: "\(Repository.root)/.build/python/bin/python", ["-B", "\(folder)/\(name).py"],
            environment: environment.merging(["COPILOT_FUNCTIONS": BuiltProgram.functions]) { $1 },
            in: Repository.root)
    }
}
