import Domain
import Ports

extension DatabaseError {
    /// Converts an error of the server.
    ///
    /// Source: PostgreSQL's list of error codes,
    /// <https://www.postgresql.org/docs/15/errcodes-appendix.html>.
    ///
    /// - Parameters:
    ///   - state: The SQLSTATE, five characters.
    ///   - text: The server's message.
    init(sqlState state: String, _ text: String, at place: PostgresAddress.Place) {
        func misconfigured(_ remedy: String) -> DatabaseError {
            DatabaseError(.misconfigured, "\(place): \(text); \(remedy)")
        }
        func plain(
            _ code: Failure.Code, recovery: Recovery = .none, _ remedy: String? = nil
        ) -> DatabaseError {
            let remedy = remedy.map { "; \($0)" } ?? ""
            return DatabaseError(code, "\(place): \(text) (\(state))\(remedy)", recovery: recovery)
        }
        self =
            switch state {
            case "28P01", "28000":
                misconfigured("check the user, the password and the server's pg_hba.conf")
            case "3D000": misconfigured("create the database or use another one")
            case "42501":
                misconfigured(
                    "grant the permission to this user, or run infra/postgres/schema.sql as the owner"
                        + " of the database")
            // PgBouncer reports everything with this state, so only the words tell what is permanent.
            case "08P01" where text.contains("statement pooling"):
                misconfigured(
                    "this program needs transactions: set pool_mode of PgBouncer to transaction or"
                        + " session, or connect to PostgreSQL itself")
            case "08P01" where text.contains("unsupported startup parameter"):
                misconfigured(
                    "remove it from the address, or list it in ignore_startup_parameters of"
                        + " PgBouncer")
            case "42P01", "3F000": plain(.unavailable, recovery: .schema, Self.otherTables)
            case "40001", "40P01": plain(.unavailable, recovery: .again)
            case "57014", "55P03": plain(.timedOut)
            case "22P05": misconfigured("create the database with the encoding UTF8")
            // The server is read-only or shuts down. A new connection may reach its successor.
            case "25006":
                plain(
                    .unavailable, recovery: .reconnect,
                    "a standby cannot be used: name the primary in the address, or all servers and"
                        + " target_session_attrs=read-write")
            case "57P01", "57P02", "57P03", "57P05":
                plain(.unavailable, recovery: .reconnect)
            // A column that only somebody else knows of may be required, or checked.
            case "23502", "23503", "23514": misconfigured(Self.otherTables)
            default:
                switch state.prefix(2) {
                // The statements never change, so it is the tables that differ.
                case "42": misconfigured(Self.otherTables)
                case "08": plain(.unavailable, recovery: .reconnect)
                case "22": plain(.malformedEvent)
                case "54": plain(.limitExceeded)
                default: plain(.unavailable)
                }
            }
    }

    private static let otherTables = """
        the tables must be those of infra/postgres/schema.sql, in PostgreSQL itself. Restore them, or \
        drop the schema copilot_usage: it is created again, empty
        """

    /// Converts an error while connecting.
    ///
    /// - Parameter text: libpq's message in its verbose form, which contains the server's SQLSTATE.
    init(connecting text: String, at place: PostgresAddress.Place) {
        // A line that begins with a tab is a hint for interactive users.
        let lines = text.split(separator: "\n").filter {
            !$0.hasPrefix("LOCATION:") && !$0.hasPrefix("\t")
        }
        let sentence = lines.joined(separator: " ")
        if let reported = Self(reportedIn: sentence, at: place) {
            self = reported
        } else if ["certificate", "SSL"].contains(where: sentence.contains) {
            self.init(
                .misconfigured,
                "\(place): \(sentence); check sslmode and sslrootcert in the address, and the name"
                    + " in the server's certificate")
        } else {
            self.init(.unavailable, "\(place) cannot be reached: \(sentence)", recovery: .reconnect)
        }
    }

    /// Converts an error of the server in libpq's verbose form; nil if the text contains no SQLSTATE.
    init?(reportedIn text: String, at place: PostgresAddress.Place) {
        let words = text.split(separator: " ")
        guard let index = words.firstIndex(where: Self.isSQLState) else { return nil }
        let rest = words[(index + 1)...].joined(separator: " ")
        self.init(sqlState: String(words[index].dropLast()), rest, at: place)
    }

    private static func isSQLState(_ word: Substring) -> Bool {
        word.utf8.count == 6 && word.utf8.last == UInt8(ascii: ":")
            && word.utf8.first.map { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } == true
            && word.utf8.dropLast().allSatisfy {
                UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0
                    || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= $0
            }
    }
}
