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

    /// Where remote write is posted.
    public var writeURL: String { "\(url)\(writePath)" }
    private let writePath: String

    private init(url: String, writePath: String) {
        self.url = url
        self.writePath = writePath
    }

    /// Runs Prometheus beside `body`, as a receiver of remote write that scrapes nothing.
    ///
    /// - Parameters:
    ///   - window: The setting `out_of_order_time_window`, such as `30d`; nil leaves it off.
    ///   - retention: How long it keeps samples, counted back from the newest.
    ///   - data: The data folder, such as one that promtool filled; nil for an empty one.
    ///   - configuration: More of the configuration file, such as what to scrape.
    ///   - body: Is given the running server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why Prometheus cannot be run.
    public static func withPrometheus<Result: Sendable>(
        outOfOrderWindow window: String?, retention: String = "100y", data: String? = nil,
        configuration: String = "",
        _ body: (Backend) async throws -> Result
    ) async throws -> Result {
        try await require("prometheus", package: "prometheus")
        return try await withTemporaryFolder { folder in
            let settings = window.map { "storage: {tsdb: {out_of_order_time_window: \($0)}}\n" }
            let lines = (settings ?? "") + configuration
            try Data((lines.isEmpty ? "{}\n" : lines).utf8)
                .write(to: URL(filePath: "\(folder)/p.yml"))
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

    /// Runs InfluxDB 1.6 beside `body`, with an empty database.
    public static func withInfluxDB<Result: Sendable>(
        _ body: (Backend) async throws -> Result
    ) async throws -> Result {
        try await require("influxd", package: "influxdb")
        return try await withTemporaryFolder { folder in
            let backups = try freePort()
            return try await withServer(
                "influxd", ready: "/ping", writePath: "/api/v1/prom/write?db=metrics"
            ) { backend in
                try await backend.createDatabase()
                return try await body(backend)
            } arguments: { port in
                let settings = """
                    reporting-disabled = true
                    bind-address = "127.0.0.1:\(backups)"
                    [meta]
                    dir = "\(folder)/meta"
                    [data]
                    dir = "\(folder)/data"
                    wal-dir = "\(folder)/wal"
                    [monitor]
                    store-enabled = false
                    [http]
                    bind-address = "127.0.0.1:\(port)"
                    """
                try Data(settings.utf8).write(to: URL(filePath: "\(folder)/influxdb.conf"))
                return ["run", "-config", "\(folder)/influxdb.conf"]
            }
        }
    }

    /// Runs a receiver beside `body` that refuses whatever the specification of remote write forbids.
    public static func withStrictReceiver<Result: Sendable>(
        _ body: (Backend) async throws -> Result
    ) async throws -> Result {
        try await withServer("python3", ready: "/ready", body) { port in
            ["-B", "\(Repository.root)/Tests/Support/remote-write-receiver.py", "\(port)"]
        }
    }

    private static func require(_ program: String, package: String) async throws {
        guard await ChildProcess.isInstalled(program) else {
            throw Failure(
                .misconfigured, "this test needs \(program): apt-get install \(package)")
        }
    }

    private static func withServer<Result: Sendable>(
        _ program: String, ready: String, writePath: String = "/api/v1/write",
        _ body: (Backend) async throws -> Result, arguments: (UInt16) throws -> [String]
    ) async throws -> Result {
        let port = try freePort()
        let backend = Backend(url: "http://127.0.0.1:\(port)", writePath: writePath)
        return try await ChildProcess.withRunning(program, try arguments(port)) { child in
            try await child.wait(for: "being ready", atMost: .seconds(60)) {
                let reply = try? await backend.http.send(
                    HTTPClientRequest("GET", "\(backend.url)\(ready)"))
                return reply.map { 200...299 ~= $0.status } ?? false
            }
            return try await body(backend)
        }
    }
}
