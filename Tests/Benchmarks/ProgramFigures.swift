import Synchronization
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The program that is deployed: how large, and how quick to answer when it is started.
struct ProgramFigures: Codable {
    /// What the image holds, as `rootfs.sh --json` counts it.
    struct RootFileSystem: Codable {
        var byteCount: Int
        var gzipByteCount: Int
        var programByteCount: Int
        var libraryCount: Int
    }

    /// The root filesystem around the program without symbols.
    var root: RootFileSystem
    /// From a start for one event to the end with an answer, the median.
    var eventSeconds: Double
    /// From a start for HTTP to the first answer of `/healthz`, the median.
    var httpSeconds: Double
    /// From a start for Lambda to the first result at the Runtime API, the median.
    var lambdaSeconds: Double

    /// Measures a release build of `copilot-functions`.
    ///
    /// - Parameters:
    ///   - program: Its path.
    ///   - starts: How often to start it in each way.
    /// - Returns: What was found.
    /// - Throws: `Problem` if it does not answer.
    static func measured(_ program: String, starts: Int) async throws -> ProgramFigures {
        try await withTemporaryFolder { folder in
            let root = "\(folder)/root"
            let counted = try await Benchmarks.output(
                of: ["infra/container/rootfs.sh", "--json", program, root])
            let stripped = "\(root)/usr/local/bin/copilot-functions"
            let event = "\(folder)/tick.json"
            try Data("{}".utf8).write(to: URL(filePath: event))
            return ProgramFigures(
                root: try JSONDecoder().decode(RootFileSystem.self, from: Data(counted.utf8)),
                eventSeconds: try await median(of: starts) {
                    try await secondsToAnswerEvent(stripped, event)
                },
                httpSeconds: try await median(of: starts) {
                    try await secondsToAnswerHTTP(stripped)
                },
                lambdaSeconds: try await median(of: starts) {
                    try await secondsToAnswerLambda(stripped)
                })
        }
    }

    private static func median(
        of starts: Int, _ start: () async throws -> Double
    ) async throws -> Double {
        var seconds: [Double] = []
        for _ in 0..<starts { seconds.append(try await start()) }
        return seconds.median
    }

    private static func secondsToAnswerEvent(
        _ program: String, _ event: String
    ) async throws -> Double {
        let begun = ContinuousClock.now
        let outcome = try await ChildProcess.outcome(
            of: program, ["onDailyTick", "--event", event], environment: environment)
        guard outcome.status == 0 else {
            throw Benchmarks.Problem(description: "onDailyTick: \(outcome.errors.suffix(2_000))")
        }
        return seconds(since: begun)
    }

    private static func secondsToAnswerHTTP(_ program: String) async throws -> Double {
        let port = Int(try freePort())
        let variables = environment.merging(["PORT": "\(port)"]) { $1 }
        let begun = ContinuousClock.now
        return try await ChildProcess.withRunning(
            program, ["onDailyTick"], environment: variables
        ) { child in
            while true {
                let answer = try? await PlainHTTP.exchange(
                    "GET /healthz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n",
                    with: port)
                if answer?.hasPrefix("HTTP/1.1 200") ?? false { return seconds(since: begun) }
                if child.hasEnded { throw Benchmarks.Problem(description: child.output) }
                // Asking without a pause would take the core that the program starts on.
                try await Task.sleep(for: .microseconds(200))
            }
        }
    }

    private static func secondsToAnswerLambda(_ program: String) async throws -> Double {
        let asked = Atomic(0)
        let answered = Gate()
        return try await withLoopbackServer { request in
            guard request.method == "GET" else { return [.reply(202), .open(answered)] }
            // One event, and then none for as long as the program lives.
            guard asked.add(1, ordering: .relaxed).oldValue == 0 else { return [.awaitHangUp] }
            let fields = [
                "lambda-runtime-aws-request-id": "bench", "content-type": "application/json",
                "lambda-runtime-deadline-ms": "4102444800000",
            ]
            return [.reply(200, fields, Array("{}".utf8))]
        } use: { server in
            let variables = environment.merging([
                "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:\(server.port)", "_HANDLER": "onDailyTick",
            ]) { $1 }
            let begun = ContinuousClock.now
            return try await ChildProcess.withRunning(program, [], environment: variables) { _ in
                try await answered.opened()
                return seconds(since: begun)
            }
        }
    }

    private static func seconds(since begun: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - begun) / .seconds(1)
    }

    /// An empty store in memory, and an App that is never asked for anything.
    static let environment: [String: String?] = [
        "STATE_STORE": "memory",
        "STATE_ENCRYPTION_KEYS": Data(repeating: 7, count: 32).base64EncodedString(),
        "GITHUB_APP_CLIENT_ID": "Iv1.0000000000000000", "GITHUB_APP_CLIENT_SECRET": "none",
        "GITHUB_APP_ID": "1", "GITHUB_APP_SLUG": "bench", "LOG_LEVEL": "error",
    ]
}
