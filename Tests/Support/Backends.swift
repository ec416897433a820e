import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A real metric backend that runs beside a test, with an empty data folder.
public struct Backend: Sendable {
    /// Its address, `http://127.0.0.1:port`.
    public let url: String
    /// What speaks to it.
    public let http = PlainHTTP()

    /// Where remote write is posted, at Prometheus and VictoriaMetrics alike.
    public var writeURL: String { "\(url)/api/v1/write" }

    /// Runs Prometheus beside `body`, as a receiver of remote write that scrapes nothing.
    ///
    /// - Parameters:
    ///   - window: The setting `out_of_order_time_window`, such as `30d`; nil leaves it off.
    ///   - retention: How long it keeps samples, counted back from the newest.
    ///   - data: The data folder, such as one that promtool filled; nil for an empty one.
    ///   - body: Is given the running server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why Prometheus cannot be run.
    public static func withPrometheus<Result: Sendable>(
        outOfOrderWindow window: String?, retention: String = "100y", data: String? = nil,
        _ body: (Backend) async throws -> Result
    ) async throws -> Result {
        try await require("prometheus", package: "prometheus")
        return try await withTemporaryFolder { folder in
            let settings = window.map { "storage: {tsdb: {out_of_order_time_window: \($0)}}\n" }
            try Data((settings ?? "{}\n").utf8).write(to: URL(filePath: "\(folder)/p.yml"))
            return try await withServer(
                "prometheus", ready: "/-/ready", body
            ) { port in
                [
                    "--config.file=\(folder)/p.yml",
                    "--storage.tsdb.path=\(data ?? "\(folder)/data")",
                    "--storage.tsdb.retention.time=\(retention)",
                    "--web.listen-address=127.0.0.1:\(port)",
                    "--web.enable-remote-write-receiver",
                ]
            }
        }
    }

    /// Runs Prometheus beside `body` in agent mode: it accepts samples and answers no queries.
    ///
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why Prometheus cannot be run.
    public static func withPrometheusAgent<Result: Sendable>(
        _ body: (Backend) async throws -> Result
    ) async throws -> Result {
        try await require("prometheus", package: "prometheus")
        return try await withTemporaryFolder { folder in
            try Data("{}\n".utf8).write(to: URL(filePath: "\(folder)/p.yml"))
            return try await withServer("prometheus", ready: "/-/ready", body) { port in
                [
                    "--enable-feature=agent", "--config.file=\(folder)/p.yml",
                    "--storage.agent.path=\(folder)/data",
                    "--web.listen-address=127.0.0.1:\(port)", "--web.enable-remote-write-receiver",
                ]
            }
        }
    }

    /// Runs VictoriaMetrics beside `body`; it keeps everything.
    ///
    /// - Parameters:
    ///   - isDeduplicating: Whether it keeps one of the samples of a series and a millisecond.
    ///   - body: Is given the running server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why VictoriaMetrics cannot be run.
    public static func withVictoriaMetrics<Result: Sendable>(
        deduplicating isDeduplicating: Bool, _ body: (Backend) async throws -> Result
    ) async throws -> Result {
        try await require("victoria-metrics", package: "victoria-metrics")
        return try await withTemporaryFolder { folder in
            try await withServer("victoria-metrics", ready: "/health", body) { port in
                [
                    "-storageDataPath=\(folder)", "-retentionPeriod=100y",
                    "-httpListenAddr=127.0.0.1:\(port)", "-memory.allowedBytes=64MB",
                    "-search.disableCache",
                ] + (isDeduplicating ? ["-dedup.minScrapeInterval=1ms"] : [])
            }
        }
    }

    private static func require(_ program: String, package: String) async throws {
        guard await ChildProcess.isInstalled(program) else {
            throw Failure(
                .misconfigured, "this test needs \(program): apt-get install \(package)")
        }
    }

    private static func withServer<Result: Sendable>(
        _ program: String, ready: String, _ body: (Backend) async throws -> Result,
        arguments: (UInt16) -> [String]
    ) async throws -> Result {
        let port = try freePort()
        let backend = Backend(url: "http://127.0.0.1:\(port)")
        return try await ChildProcess.withRunning(program, arguments(port)) { child in
            try await child.wait(for: "being ready", atMost: .seconds(60)) {
                let reply = try? await backend.http.send(
                    HTTPClientRequest("GET", "\(backend.url)\(ready)"))
                return reply?.status == 200
            }
            return try await body(backend)
        }
    }
}
