public import Domain
import CPostgres
import Ports
import Toolbox

/// Where a database is and how to log in: a `postgres://` address, checked and never shown.
public struct PostgresAddress: Sendable, Hashable, CustomStringConvertible, CustomReflectable {
    /// The address without anything secret, for messages: the variable, the host and the database.
    struct Place: Hashable, CustomStringConvertible {
        var variables: [String]
        let server: String

        var description: String { "\(variables.joined(separator: " and ")): \(server)" }
    }

    /// Whether nobody in between can read along or pass for the server: `sslmode=verify-full`, or a
    /// server on this machine.
    public let isGuarded: Bool

    private(set) var place: Place
    private let text: String

    /// Checks an address; nothing is connected to.
    ///
    /// - Parameters:
    ///   - text: `postgres://user:password@host:port/database?sslmode=verify-full`, with everything
    ///     that libpq understands.
    ///   - variable: The variable that holds it.
    /// - Throws: `misconfigured`, naming the variable, never what is in it.
    public init(_ text: String, variable: String) throws(Failure) {
        func refuse(_ why: String) -> Failure {
            Failure(
                .misconfigured,
                "\(variable) \(why): write it as postgres://USER:PASSWORD@HOST:PORT/DATABASE"
                    + "?sslmode=verify-full")
        }
        // Nothing is done with a database before its address is read, so here libpq is first needed.
        try Libpq.load()
        // With a stray character in a password, libpq takes a part of it for the host, the port or
        // the database, and messages show those.
        let afterScheme = text.split(separator: "://", maxSplits: 1).last ?? ""
        let parts = afterScheme.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 1 || !parts[0].contains(where: "/?#".contains) else {
            throw refuse(
                "has a user or a password with @, /, ? or # in it, to be written as %40,"
                    + " %2F, %3F and %23")
        }
        guard let options = Self.options(of: text) else {
            throw refuse("is no address that PostgreSQL's library understands")
        }
        let ports = (options["port"] ?? "").split(separator: ",")
        guard ports.allSatisfy({ UInt16($0) != nil }) else {
            throw refuse("has a port that is no number")
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

    /// The same address as one that several variables hold: what goes wrong there names them all.
    ///
    /// - Parameter other: An equal address, from another variable.
    /// - Returns: The address.
    public func alsoNamed(by other: Self) -> Self {
        var address = self
        address.place.variables += other.place.variables.filter { !place.variables.contains($0) }
        return address
    }

    /// Whether both lead to the same database as the same user, whichever variables hold them.
    public static func == (lhs: Self, rhs: Self) -> Bool { lhs.text == rhs.text }

    /// Hashes the address.
    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// What a person knows it by.
    public var description: String { place.description }

    /// A mirror with nothing in it: the address may hold a password.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Lends the address, the one place it may be read.
    func reveal<Value>(_ body: (String) -> Value) -> Value { body(text) }

    // What libpq reads out of the address; nil if it cannot.
    private static func options(of text: String) -> [String: String]? {
        guard let list = unsafe PQconninfoParse(text, nil) else { return nil }
        defer { unsafe PQconninfoFree(list) }
        var options: [String: String] = [:]
        var next = unsafe list
        // The list is libpq's, ends with an option without a name, and lives until it is freed.
        while let keyword = unsafe next.pointee.keyword {
            if let value = unsafe next.pointee.val {
                unsafe options[String(cString: keyword)] = String(cString: value)
            }
            unsafe next += 1
        }
        return options
    }
}
