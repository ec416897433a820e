/// A request for a page or a document.
public struct ConsoleRequest: Sendable {
    /// The path, such as `/organizations/acme`.
    public var path: String
    /// The fields of the query, decoded.
    public var query: [String: String]

    /// Creates a request.
    public init(_ path: String, query: [String: String] = [:]) {
        self.path = path
        self.query = query
    }

    /// The parts of the path between slashes.
    var parts: [String] { path.split(separator: "/").map(String.init) }
}

/// The answer to a request.
public struct ConsoleResponse: Sendable {
    /// The HTTP status.
    public var status: Int
    /// The header fields by lower-case name.
    public var fields: [String: String]
    /// The content.
    public var body: [UInt8]
}

/// The period that pages show.
enum ShownDays: Int, CaseIterable {
    case month = 30
    case quarter = 90
    case year = 365

    init(_ request: ConsoleRequest) {
        self = request.query["days"].flatMap(Int.init).flatMap(ShownDays.init) ?? .month
    }
}
