import CPostgres
public import Domain
import Ports
import Toolbox

/// A `postgres://` address: where a database is and how to log in.
///
/// It is checked and never shown.
public struct PostgresAddress: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The address without secrets, for messages: the variables, the host and the database.
    struct Place: Hashable, CustomStringConvertible {
        var variables: [String]
        let server: String

        var description: String { "\(variables.joined(separator: " and ")): \(server)" }
    }

    /// Whether the connection is authenticated and encrypted: `sslmode=verify-full`, or a server on
    /// this machine.
    public let isGuarded: Bool

    private(set) var place: Place
    private let text: String

    /// Checks an address without connecting.
    ///
    /// - Parameters:
    ///   - text: `postgres://user:password@host:port/database?sslmode=verify-full`, with all options of
    ///     libpq.
    ///   - variable: The name of the variable with the address.
    /// - Throws: `misconfigured`, naming the variable without quoting its value.
    public init(_ text: String, variable: String) throws(Failure) {
        func refuse(_ why: String) -> Failure {
            Failure(
                .misconfigured,
                "\(variable) \(why). Write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE"
                    + "?sslmode=verify-full.")
        }
        // Everything begins with the address of a database, so libpq is first needed here.
        try Libpq.load()
        // If a password contains one of these characters, libpq reads a part of it as the host, the
        // port or the database, which messages show.
        let afterScheme = text.split(separator: "://", maxSplits: 1).last ?? ""
        let parts = afterScheme.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || !parts[0].contains(where: "/?#".contains) else {
            throw refuse(
                "contains @, /, ? or # in its user or password, which must be written as %40, %2F,"
                    + " %3F and %23")
        }
        guard let options = Self.options(of: text) else {
            throw refuse("is not an address that libpq accepts")
        }
        let ports = (options["port"] ?? "").split(separator: ",")
        guard ports.allSatisfy({ UInt16($0) != nil }) else {
            throw refuse("has a port that is not a number")
        }
        self.text = text
        let host = options["host"].flatMap { $0.isEmpty ? nil : $0 } ?? options["hostaddr"]
        let database = options["dbname"].map { ", database \($0)" } ?? ""
        isGuarded =
            options["sslmode"] == "verify-full"
            || (host ?? "/").split(separator: ",").allSatisfy {
                $0.hasPrefix("/") || IPAddress.isLoopback(host: String($0))
            }
        place = Place(
            variables: [variable], server: "PostgreSQL at \(host ?? "this machine")\(database)")
    }

    /// Returns the address with the variables of both, so that messages name all of them.
    ///
    /// - Parameter other: An equal address from another variable.
    public func alsoNamed(by other: Self) -> Self {
        var address = self
        address.place.variables += other.place.variables.filter { !place.variables.contains($0) }
        return address
    }

    /// Returns whether both addresses are equal, regardless of their variables.
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.text == rhs.text }

    /// Hashes the address.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// The variables, the host and the database.
    public var description: String { place.description }

    /// A mirror without children, because the address may contain a password.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Calls `body` with the address.
    ///
    /// This is the only access to it.
    func reveal<Value>(_ body: (String) -> Value) -> Value { body(text) }

    // Parses the address with libpq; nil if it is invalid.
    private static func options(of text: String) -> [String: String]? {
        guard let list = unsafe PQconninfoParse(text, nil) else { return nil }
        defer { unsafe PQconninfoFree(list) }
        var options: [String: String] = [:]
        var next = unsafe list
        // libpq owns the list, which ends with an option without a name.
        while let keyword = unsafe next.pointee.keyword {
            if let value = unsafe next.pointee.val {
                unsafe options[String(cString: keyword)] = String(cString: value)
            }
            unsafe next += 1
        }
        return options
    }
}
