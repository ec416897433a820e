import Deployment
import TestSupport

extension Stage {
    /// The same stage, with state and events in a database.
    func on(_ url: String, with changes: [String: String?] = [:]) -> Stage {
        let database = ["STATE_STORE": url, "EVENT_BUS": url] as [String: String?]
        return Stage(
            folder: folder, github: github,
            environment: environment.merging(database) { $1 }.merging(changes) { $1 }, port: port)
    }

    /// Runs a worker beside `body`.
    func withWorker<Result: Sendable>(
        _ body: (ChildProcess) async throws -> Result
    ) async throws -> Result {
        try await ChildProcess.withRunning(
            BuiltProgram.functions, ["work"], environment: environment, in: folder, body)
    }
}
