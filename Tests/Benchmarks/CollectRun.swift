import ArgumentParser
import Domain
import Glibc
import OpenSSLCrypto
import Synchronization
import SystemClock
import TestSupport

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The cost of collecting a day of one organization, from the program's start to its end.
struct CollectFigures: Codable {
    var users: Int
    var condition: BusyGitHub.Condition
    /// `USER_IDENTITY`: with `full` the members are read, with `login` they are not.
    var identity: String
    /// The bytes of the reports; each is read twice.
    var bytesIn: Int
    /// The bytes of the bodies that the backend received.
    var bytesOut = 0
    var samples = 0
    var requests = 0
    var seconds: [Double] = []
    /// The CPU time of the program, all threads together.
    var coreSeconds: [Double] = []
    /// The peak of resident memory of the program, in bytes.
    var peakByteCount = 0
}

/// Runs `copilot-functions onCollectOrg` against a GitHub and a backend on loopback, which are in
/// this process.
///
/// Each size needs a process of its own, because Linux reports one peak for all children.
struct Collect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(shouldDisplay: false)

    @Argument var functions: String
    @Option var users: Int
    @Option var runs: Int
    @Option var condition: BusyGitHub.Condition = .none
    @Option var identity = "full"

    func run() async throws {
        let figures = try await withTemporaryFolder { folder in try await measured(in: folder) }
        print(String(decoding: try JSONEncoder().encode(figures), as: UTF8.self))
    }

    private func measured(in folder: String) async throws -> CollectFigures {
        // The bill is only read with the newest day.
        let day = Day(containing: SystemClock().now()).advanced(by: -1).description
        let github = try BusyGitHub(users: users, condition: condition, day: day, folder: folder)
        var figures = CollectFigures(
            users: users, condition: condition, identity: identity,
            bytesIn: try github.byteCount())
        let event = "\(folder)/event"
        try Data(
            #"{"integration":"1-bench","installation":5,"organization":"acme","day":"\#(day)"}"#
                .utf8
        ).write(to: URL(filePath: event))
        let traffic = Mutex((requests: 0, bytesOut: 0))
        let address = Mutex("")
        let server = try PlainServer { request in
            traffic.withLock { traffic in
                traffic.requests += 1
                if request.path == "/api/v1/write" { traffic.bytesOut += request.byteCount }
            }
            return github.answer(request, at: address.withLock { $0 })
        }
        defer { server.stop() }
        address.withLock { $0 = server.url }
        let environment = environment(server)
        for _ in 0..<runs {
            traffic.withLock { $0 = (0, 0) }
            let before = Self.childCoreSeconds
            var watch = Stopwatch()
            let outcome = try await watch.count {
                try await ChildProcess.outcome(
                    of: functions, ["onCollectOrg", "--event", event], environment: environment)
            }
            guard outcome.status == (condition == .tooLong ? 1 : 0) else {
                throw Benchmarks.Problem(
                    description: "onCollectOrg: \(outcome.output)\(outcome.errors.suffix(2_000))")
            }
            figures.seconds.append(watch.seconds)
            figures.coreSeconds.append(Self.childCoreSeconds - before)
            figures.samples = try JSONDecoder().decode(
                Result.self, from: Data(outcome.output.utf8)
            ).samples
            traffic.withLock { (figures.requests, figures.bytesOut) = ($0.requests, $0.bytesOut) }
        }
        figures.peakByteCount = Self.childUsage.ru_maxrss << 10
        return figures
    }

    private struct Result: Decodable { var samples: Int }

    private func environment(_ server: PlainServer) -> [String: String?] {
        var environment = ProgramFigures.environment
        environment["GITHUB_APP_PRIVATE_KEY"] = RSAKeyPair.generate().privateKey.reveal { $0 }
        environment["GITHUB_API_URL"] = server.url
        environment["GITHUB_SERVER_URL"] = server.url
        environment["GITHUB_REPORT_HOSTS"] = "127.0.0.1:\(server.port)"
        environment["USER_IDENTITY"] = identity
        environment["METRICS_SINK"] = "remote-write:\(server.url)/api/v1/write"
        return environment
    }

    private static var childUsage: rusage {
        var usage = rusage()
        // The struct is lent for the call, which cannot fail.
        unsafe getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        return usage
    }

    private static var childCoreSeconds: Double {
        let usage = childUsage
        return [usage.ru_utime, usage.ru_stime].reduce(0) {
            $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
        }
    }
}

extension BusyGitHub.Condition: ExpressibleByArgument {}
