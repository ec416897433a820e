import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The program that is deployed: how large, and how quick to answer when it is started for one event.
struct ProgramFigures: Codable {
    /// Its size without symbols.
    var byteCount: Int
    /// From its start to its end with an answer, the median.
    var startSeconds: Double

    /// Measures a release build of `copilot-functions`.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - starts: How often to start it.
    /// - Returns: What was found.
    /// - Throws: `Problem` if it does not answer.
    static func measured(_ program: String, starts: Int) async throws -> ProgramFigures {
        try await withTemporaryFolder { folder in
            let stripped = "\(folder)/copilot-functions"
            _ = try await Benchmarks.output(of: ["strip", "-o", stripped, program])
            let event = "\(folder)/tick.json"
            try Data("{}".utf8).write(to: URL(filePath: event))
            let command = ["onDailyTick", "--event", event]
            var seconds: [Double] = []
            for _ in 0..<starts {
                var watch = Stopwatch()
                let outcome = try await watch.count {
                    try await ChildProcess.outcome(
                        of: stripped, command, environment: Self.environment)
                }
                guard outcome.status == 0 else {
                    throw Benchmarks.Problem(
                        description: "onDailyTick: \(outcome.errors.suffix(2_000))")
                }
                seconds.append(watch.seconds)
            }
            return ProgramFigures(
                byteCount: try Data(contentsOf: URL(filePath: stripped)).count,
                startSeconds: seconds.median)
        }
    }

    /// An empty store in memory, and an App that is never asked for anything.
    static let environment: [String: String?] = [
        "STATE_STORE": "memory",
        "STATE_ENCRYPTION_KEYS": Data(repeating: 7, count: 32).base64EncodedString(),
        "GITHUB_APP_CLIENT_ID": "Iv1.0000000000000000", "GITHUB_APP_CLIENT_SECRET": "none",
        "GITHUB_APP_ID": "1", "GITHUB_APP_SLUG": "bench", "LOG_LEVEL": "error",
    ]
}
