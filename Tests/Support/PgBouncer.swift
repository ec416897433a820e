import Glibc

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A real PgBouncer on loopback in front of a ``PostgresServer``.
///
/// It has one connection to each database, so that whatever a client leaves behind there meets the
/// next one.
public struct PgBouncer: Sendable {
    /// When a client's connection to the server is lent to the next.
    public enum Mode: String, Sendable {
        /// When the client hangs up.
        case session
        /// After each transaction.
        case transaction
        /// After each statement.
        case statement
    }

    /// The port on 127.0.0.1.
    public let port: UInt16

    /// The address of a database.
    ///
    /// - Parameters:
    ///   - database: Its name.
    ///   - query: What follows the question mark.
    public func url(_ database: String = "postgres", query: String = "") -> String {
        "postgres://\(PostgresServer.user)@127.0.0.1:\(port)/\(database)"
            + (query.isEmpty ? "" : "?\(query)")
    }

    /// Runs a pooler beside `body`.
    ///
    /// - Parameters:
    ///   - server: The server that it lends connections to.
    ///   - poolSize: The number of those to one database.
    public static func with<Result: Sendable>(
        _ mode: Mode, for server: PostgresServer, poolSize: Int = 1,
        _ body: (PgBouncer) async throws -> Result
    ) async throws -> Result {
        try await withTemporaryFolder { folder in
            let port = try freePort()
            let settings = """
                [databases]
                * = host=127.0.0.1 port=\(server.port) user=\(PostgresServer.user) \
                password='\(PostgresServer.password)'
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = \(port)
                unix_socket_dir =
                auth_type = any
                pool_mode = \(mode.rawValue)
                default_pool_size = \(poolSize)
                """
            let file = "\(folder)/pgbouncer.ini"
            try Data(settings.utf8).write(to: URL(filePath: file))
            // It refuses to run as root. Unlike runuser, which takes two seconds to end what it
            // started, setpriv becomes the program.
            let become = [
                "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--",
            ]
            let isRoot = getuid() == 0
            if isRoot {
                for path in [folder, file] {
                    _ = try await ChildProcess.outcome(of: "chown", ["postgres", path])
                }
            }
            let words = (isRoot ? become : []) + ["pgbouncer", file]
            return try await ChildProcess.withRunning(
                words[0], Array(words.dropFirst()),
                environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"], in: "/"
            ) { process in
                try await process.wait(for: "listening") {
                    process.output.contains("process up")
                }
                return try await body(PgBouncer(port: port))
            }
        }
    }
}
