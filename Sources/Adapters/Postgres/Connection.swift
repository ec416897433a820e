import CPostgres
import Domain
import Ports

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection, used on one thread at a time.
///
/// Its methods block, each for a bounded time.
@safe final class Connection {
    /// The timeouts of a connection.
    struct Limits {
        /// The time to connect and log in.
        var connectTimeout = Duration.seconds(10)
        /// The time for a statement.
        ///
        /// The server enforces it; the client waits slightly longer.
        var statementTimeout: Duration
    }

    private static let grace = Duration.seconds(3)

    // Closed with this object.
    private let raw: OpaquePointer
    private let place: PostgresAddress.Place
    private let limits: Limits
    /// Whether a pooler lends the server's connection to others after each transaction.
    ///
    /// Then a setting of the session would stay with whoever uses that connection next.
    private var isPooled = false

    /// Connects and logs in.
    init(_ address: PostgresAddress, limits: Limits) throws(DatabaseError) {
        guard let raw = unsafe address.reveal({ unsafe PQconnectStart($0) }) else {
            throw DatabaseError(
                .unavailable, "\(address.place): libpq cannot allocate memory")
        }
        unsafe self.raw = unsafe raw
        place = address.place
        self.limits = limits
        // The verbose form contains the SQLSTATE, the only part that does not depend on the language.
        unsafe PQsetErrorVerbosity(raw, PQERRORS_VERBOSE)
        // Notices are for interactive users.
        unsafe PQsetNoticeProcessor(raw, { _, _ in }, nil)
        guard unsafe PQstatus(raw) != CONNECTION_BAD else {
            throw DatabaseError(connecting: message, at: place)
        }
        try connect()
        _ = unsafe PQsetnonblocking(raw, 1)
        // A pooler makes up the process that it reports at login.
        let process = try send("SELECT pg_backend_pid()::bigint").number(0, 0)
        isPooled = unsafe process != Int64(PQbackendPID(raw))
        // Poolers follow the encoding of each client.
        try run(script: "SET client_encoding = 'UTF8';" + (isPooled ? "" : timeouts("SET")))
    }

    deinit { unsafe PQfinish(raw) }

    /// Whether the connection can be used again.
    var isUsable: Bool {
        unsafe PQstatus(raw) == CONNECTION_OK && PQtransactionStatus(raw) == PQTRANS_IDLE
    }

    private func timeouts(_ set: String) -> String {
        let milliseconds = Int(limits.statementTimeout / .milliseconds(1))
        return """
            \(set) statement_timeout = \(milliseconds);
            \(set) idle_in_transaction_session_timeout = \(2 * milliseconds)
            """
    }

    /// Runs one statement.
    ///
    /// - Parameters:
    ///   - statement: SQL with `$1`, `$2`, … for the parameters.
    ///   - parameters: The values of `$1`, `$2`, ….
    @discardableResult
    func run(_ statement: String, _ parameters: Parameter...) throws(DatabaseError) -> Rows {
        guard isPooled, unsafe PQtransactionStatus(raw) == PQTRANS_IDLE else {
            return try send(statement, parameters)
        }
        return try transaction { connection throws(DatabaseError) in
            try connection.send(statement, parameters)
        }
    }

    /// Runs several statements without parameters and results.
    func run(script: String) throws(DatabaseError) {
        guard unsafe PQsendQuery(raw, script) == 1 else { throw lost() }
        _ = try results()
    }

    /// Runs statements in a transaction.
    func transaction<Value>(
        _ body: (Connection) throws(DatabaseError) -> Value
    ) throws(DatabaseError) -> Value {
        try run(script: "BEGIN;" + (isPooled ? timeouts("SET LOCAL") : ""))
        do throws(DatabaseError) {
            let result = try body(self)
            try send("COMMIT")
            return result
        } catch {
            // If the connection is lost, the server rolls back.
            _ = try? send("ROLLBACK")
            throw error
        }
    }

    @discardableResult
    private func send(
        _ statement: String, _ parameters: [Parameter] = []
    ) throws(DatabaseError) -> Rows {
        let types = parameters.map(\.type)
        let lengths = parameters.map { Int32($0.bytes?.count ?? 0) }
        let formats = parameters.map { _ in Int32(1) }
        // All values are in one buffer, so that one borrow covers them. The extra byte ensures that an
        // empty value at the end has an address that is not NULL.
        let buffer: [UInt8] = parameters.flatMap { $0.bytes ?? [] } + [0]
        var offset = 0
        let offsets = parameters.map { parameter -> Int? in
            defer { offset += parameter.bytes?.count ?? 0 }
            return parameter.bytes == nil ? nil : offset
        }
        let isSent = unsafe buffer.withUnsafeBytes { buffer in
            // libpq copies the values before it returns.
            let values = unsafe offsets.map { offset -> UnsafePointer<CChar>? in
                guard let offset, let start = buffer.baseAddress else { return nil }
                return unsafe start.advanced(by: offset).assumingMemoryBound(to: CChar.self)
            }
            return unsafe PQsendQueryParams(
                raw, statement, Int32(parameters.count), types, values, lengths, formats, 1)
        }
        guard isSent == 1 else { throw lost() }
        guard let rows = try results().last else { throw lost() }
        return rows
    }

    // MARK: Waiting

    private func connect() throws(DatabaseError) {
        let deadline = ContinuousClock.now + limits.connectTimeout
        var progress = PGRES_POLLING_WRITING
        while progress != PGRES_POLLING_OK {
            switch progress {
            case PGRES_POLLING_READING: try wait(POLLIN, until: deadline)
            case PGRES_POLLING_WRITING: try wait(POLLOUT, until: deadline)
            default: throw DatabaseError(connecting: message, at: place)
            }
            progress = unsafe PQconnectPoll(raw)
        }
    }

    /// Sends all buffered data and collects the results until the server is ready.
    private func results() throws(DatabaseError) -> [Rows] {
        let deadline = ContinuousClock.now + limits.statementTimeout + Self.grace
        while true {
            let left = unsafe PQflush(raw)
            guard left >= 0 else { throw lost() }
            guard left == 1 else { break }
            try wait(POLLIN | POLLOUT, until: deadline)
            guard unsafe PQconsumeInput(raw) == 1 else { throw lost() }
        }
        var all: [Rows] = []
        while true {
            while unsafe PQisBusy(raw) == 1 {
                try wait(POLLIN, until: deadline)
                guard unsafe PQconsumeInput(raw) == 1 else { throw lost() }
            }
            guard let result = unsafe PQgetResult(raw) else { break }
            unsafe all.append(Rows(result))
        }
        if let bad = all.first(where: { !$0.isGood }) {
            guard let state = bad.sqlState, unsafe PQstatus(raw) == CONNECTION_OK else {
                throw lost()
            }
            throw DatabaseError(sqlState: state, bad.complaint, at: place)
        }
        return all
    }

    private func wait(
        _ events: Int32, until deadline: ContinuousClock.Instant
    ) throws(DatabaseError) {
        while true {
            let left = Int32(clamping: Int((deadline - .now) / .milliseconds(1)))
            guard left > 0 else {
                // A late response must not be read as that of another statement.
                unsafe shutdown(PQsocket(raw), Int32(SHUT_RDWR))
                throw DatabaseError(.timedOut, "\(place) does not respond", recovery: .reconnect)
            }
            var socket = unsafe pollfd(
                fd: PQsocket(raw), events: Int16(truncatingIfNeeded: events), revents: 0)
            // A signal may end the wait early; the loop continues it.
            if unsafe poll(&socket, 1, left) > 0 { return }
        }
    }

    private func lost() -> DatabaseError {
        // With its last words the server may say what a person has to correct.
        let lastWords = message.split(separator: "\n").lazy.compactMap { [place] line in
            DatabaseError(reportedIn: String(line), at: place)
        }.first
        if let lastWords, lastWords.failure.code == .misconfigured { return lastWords }
        return DatabaseError(
            .unavailable, "\(place): the connection was lost: \(message)", recovery: .reconnect)
    }

    private var message: String {
        // libpq owns the text, which is copied here.
        let text = unsafe String(cString: PQerrorMessage(raw))
        return text.split(separator: "\n").joined(separator: "\n")
    }
}
