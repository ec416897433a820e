import Domain
import Glibc
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A real PostgreSQL on loopback, with a folder of its own.
///
/// It refuses to run as root; then the user that Debian's package makes runs it.
public struct PostgresServer: Sendable {
    /// How it is stopped.
    public enum Stop: String, Sendable {
        /// As a power cut would: no connection is told, nothing is written down.
        case immediate
        /// Connections are ended first.
        case fast
    }

    /// What a test wants of the server's encryption.
    public struct Certificate: Sendable {
        /// The certificate, PEM.
        public let path: String
        /// Its private key, PEM.
        public let keyPath: String

        /// Names a certificate.
        public init(path: String, keyPath: String) {
            self.path = path
            self.keyPath = keyPath
        }
    }

    /// The port on 127.0.0.1.
    public let port: UInt16
    /// The user that may do anything.
    public static let user = "copilot"
    /// The user's password, with characters that an address has to escape.
    public static let password = "p/l@nted-database-password"
    /// The password as an address has it.
    public static let escapedPassword = "p%2Fl%40nted-database-password"

    private let folder: String
    private let binaries: String

    /// Runs a server beside `body`.
    ///
    /// - Parameters:
    ///   - certificate: Makes it speak TLS, and only that.
    ///   - body: Is given the running server.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, or why the server cannot be run.
    public static func with<Result>(
        certificate: Certificate? = nil, _ body: (PostgresServer) async throws -> Result
    ) async throws -> Result {
        let server = try await PostgresServer(certificate)
        do {
            let result = try await body(server)
            try await server.end()
            return result
        } catch {
            try await server.end()
            throw error
        }
    }

    fileprivate init(
        _ certificate: Certificate? = nil, standbyOf primary: PostgresServer? = nil
    ) async throws {
        binaries = try await Self.binaries.value
        port = try freePort()
        folder = try await Self.makeFolder()
        let owner = Self.owner
        if let primary {
            // It copies the primary and follows it until it is promoted.
            try await runAsOwner(
                "\(binaries)/pg_basebackup",
                ["-R", "-X", "stream", "-c", "fast", "-D", "\(folder)/data", "-d", primary.url()])
        } else {
            try await runAsOwner("cp", ["-a", try await Self.template.value, "\(folder)/data"])
        }
        var settings = [
            "listen_addresses = '127.0.0.1'", "port = \(port)", "unix_socket_directories = ''",
            // What is tested is a killed server, never a power cut of this machine.
            "fsync = off", "shared_buffers = '32MB'", "max_connections = 100",
            "log_min_messages = fatal",
        ]
        if let certificate {
            for (from, to) in [
                (certificate.path, "server.crt"), (certificate.keyPath, "server.key"),
            ] {
                try await run("install", ["-m", "600"] + owner + [from, "\(folder)/\(to)"])
            }
            settings += [
                "ssl = on", "ssl_cert_file = '\(folder)/server.crt'",
                "ssl_key_file = '\(folder)/server.key'",
            ]
        }
        try await runAsOwner(
            "sh",
            [
                "-c", #"printf '%s\n' "$1" >> "$0""#, "\(folder)/data/postgresql.conf",
                settings.joined(separator: "\n"),
            ])
        try await start()
    }

    /// The address of a database.
    ///
    /// - Parameters:
    ///   - database: Its name.
    ///   - host: The name or number to connect to.
    ///   - query: What follows the question mark.
    /// - Returns: The address, user and password included.
    public func url(
        _ database: String = "postgres", host: String = "127.0.0.1", query: String = ""
    ) -> String {
        "postgres://\(Self.user):\(Self.escapedPassword)@\(host):\(port)/\(database)"
            + (query.isEmpty ? "" : "?\(query)")
    }

    /// Starts it, and returns when it takes connections.
    public func start() async throws {
        try await runAsOwner(
            "\(binaries)/pg_ctl",
            ["start", "-D", "\(folder)/data", "-w", "-t", "30", "-s", "-l", "\(folder)/log"])
    }

    /// Makes a standby the primary.
    public func promote() async throws {
        try await runAsOwner(
            "\(binaries)/pg_ctl", ["promote", "-D", "\(folder)/data", "-w", "-t", "30", "-s"])
    }

    /// Runs a standby that follows this server beside `body`.
    public func withStandby<Result>(
        _ body: (PostgresServer) async throws -> Result
    ) async throws -> Result {
        let standby = try await PostgresServer(standbyOf: self)
        do {
            let result = try await body(standby)
            try await standby.end()
            return result
        } catch {
            try await standby.end()
            throw error
        }
    }

    /// Stops it.
    public func stop(_ how: Stop) async throws {
        try await runAsOwner(
            "\(binaries)/pg_ctl",
            ["stop", "-D", "\(folder)/data", "-w", "-t", "30", "-s", "-m", how.rawValue])
    }

    /// Makes an empty database with a name that nobody else has.
    ///
    /// - Returns: Its name.
    public func makeDatabase() async throws -> String {
        let name = "test_\(UUID().uuidString.lowercased().filter { $0 != "-" })"
        try await sql("CREATE DATABASE \(name)")
        return name
    }

    /// Runs SQL as the user that may do anything.
    ///
    /// - Parameters:
    ///   - text: One or more statements.
    ///   - database: Where.
    /// - Returns: What `psql` prints of it, without decoration.
    /// - Throws: What `psql` complains of.
    @discardableResult
    public func sql(_ text: String, in database: String = "postgres") async throws -> String {
        try await run(
            "\(binaries)/psql", ["-X", "-q", "-t", "-A", "-v", "ON_ERROR_STOP=1", "-f", "-"],
            input: text,
            environment: [
                "PGHOST": "127.0.0.1", "PGPORT": String(port), "PGUSER": Self.user,
                "PGPASSWORD": Self.password, "PGDATABASE": database,
            ])
    }

    /// What `pg_dump` says of the schema of a database.
    public func schema(of database: String) async throws -> String {
        try await run(
            "\(binaries)/pg_dump", ["--schema-only", "--no-owner", "--no-privileges", database],
            environment: [
                "PGHOST": "127.0.0.1", "PGPORT": String(port), "PGUSER": Self.user,
                "PGPASSWORD": Self.password,
            ])
    }

    // MARK: Running

    private func end() async throws {
        // A test may have left it stopped.
        try? await stop(.immediate)
        try await run("rm", ["-rf", folder])
    }

    @discardableResult
    private func run(
        _ program: String, _ arguments: [String], input: String = "",
        environment: [String: String?] = [:]
    ) async throws -> String {
        try await Self.run(program, arguments, input: input, environment: environment)
    }

    private func runAsOwner(_ program: String, _ arguments: [String]) async throws {
        try await Self.runAsOwner(program, arguments)
    }
}

extension PostgresServer {
    /// Where the server's programs are.
    private static let binaries = Task {
        guard
            let found = try? await ChildProcess.outcome(of: "pg_config", ["--bindir"]),
            found.status == 0
        else {
            throw Failure(
                .misconfigured, "this test needs PostgreSQL: apt-get install postgresql libpq-dev")
        }
        return found.output.split(separator: "\n").first.map(String.init) ?? ""
    }

    /// An empty data folder, made once: to copy it takes a tenth of the time.
    private static let template = Task {
        let folder = try await makeFolder()
        try Data(password.utf8).write(to: URL(filePath: "\(folder)/password"))
        try await run("chmod", ["644", "\(folder)/password"])
        try await runAsOwner(
            "\(try await binaries.value)/initdb",
            [
                "-D", "\(folder)/data", "-U", user, "--pwfile", "\(folder)/password",
                "--auth", "scram-sha-256", "-E", "UTF8", "--locale", "C", "--no-sync",
            ])
        return "\(folder)/data"
    }

    private static var owner: [String] { getuid() == 0 ? ["-o", "postgres"] : [] }

    private static func makeFolder() async throws -> String {
        let folder =
            FileManager.default.temporaryDirectory
            .appending(path: "copilot-usage-postgres-\(UUID().uuidString)").path
        try await run("install", ["-d", "-m", "700"] + owner + [folder])
        try await guardAgainstOrphans(folder)
        return folder
    }

    /// Has the server stopped and its folder removed once this process is gone, however it went.
    private static func guardAgainstOrphans(_ folder: String) async throws {
        let script = """
            ( while kill -0 "$0" && [ -d "$1" ]; do sleep 1; done
              [ -f "$1/data/postmaster.pid" ] && kill -QUIT "$(head -n 1 "$1/data/postmaster.pid")"
              rm -rf "$1" ) >/dev/null 2>&1 </dev/null &
            """
        try await run("sh", ["-c", script, String(getpid()), folder])
    }

    private static func runAsOwner(_ program: String, _ arguments: [String]) async throws {
        if getuid() == 0 {
            try await run("runuser", ["-u", "postgres", "--", program] + arguments)
        } else {
            try await run(program, arguments)
        }
    }

    @discardableResult
    private static func run(
        _ program: String, _ arguments: [String], input: String = "",
        environment: [String: String?] = [:]
    ) async throws -> String {
        let outcome = try await ChildProcess.outcome(
            of: program, arguments, input: input, environment: environment, in: "/")
        guard outcome.status == 0 else {
            throw Failure(
                .unavailable,
                "\(program) \(arguments.first ?? "") failed: \(outcome.output)\(outcome.errors)")
        }
        return outcome.output
    }
}

/// One server that all tests of a process share, which makes a database for each.
public enum SharedPostgres {
    // Is never ended here: whoever watches over orphans ends it with this process.
    private static let shared = Task { try await PostgresServer() }

    /// Runs SQL in the database that is lent.
    public typealias SQL = @Sendable (_ text: String) async throws -> String

    /// Lends an empty database to `body`, and drops it afterwards.
    public static func withDatabase<Result>(
        _ body: (_ url: String, _ sql: SQL) async throws -> Result
    ) async throws -> Result {
        let server = try await shared.value
        let name = try await server.makeDatabase()
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(
                try await body(server.url(name)) { try await server.sql($0, in: name) })
        } catch {
            result = .failure(error)
        }
        try await server.sql("DROP DATABASE \(name) WITH (FORCE)")
        return try result.get()
    }

    /// Lends an empty database behind a PgBouncer in transaction mode to `body`.
    public static func withPooledDatabase<Result: Sendable>(
        _ body: (_ url: String) async throws -> Result
    ) async throws -> Result {
        let server = try await shared.value
        return try await withDatabase { url, _ in
            let name = url.split(separator: "/").last.map(String.init) ?? ""
            return try await PgBouncer.with(.transaction, for: server, poolSize: 4) { pooler in
                try await body(pooler.url(name))
            }
        }
    }
}
