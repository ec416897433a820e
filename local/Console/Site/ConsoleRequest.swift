import Toolbox

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

    /// Whether a person chose that the browser reads the page again each minute.
    ///
    /// A page does not do so by itself, because it would take the place that somebody is reading
    /// from them. Source: <https://www.w3.org/TR/WCAG22/#timing-adjustable>.
    var isRefreshed: Bool { query["refresh"] == "minute" }

    /// The address of the same page with another field of the query; nil leaves the field out.
    func address(_ field: String, _ value: String?) -> String {
        var fields = query
        fields[field] = value
        let encoded = Form(fields.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }).encoded
        return encoded.isEmpty ? path : "\(path)?\(encoded)"
    }
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
