import Toolbox

/// A request for a page or a document.
public struct ConsoleRequest: Sendable {
    /// The path, such as `/organizations/acme`.
    public var path: String
    /// The fields of the query, decoded.
    public var query: [String: String]
    /// What the forms of this browser carry; nil if pages only show, and change nothing.
    public var session: Session?

    /// A hidden field that proves that a form comes from a page of ours.
    public struct Session: Sendable {
        /// The field's name.
        public var field: String
        /// The field's value.
        public var token: String

        /// Creates a session.
        public init(field: String, token: String) {
            self.field = field
            self.token = token
        }
    }

    /// Creates a request.
    public init(_ path: String, query: [String: String] = [:], session: Session? = nil) {
        self.path = path
        self.query = query
        self.session = session
    }

    /// The forms that pages of this request have.
    var forms: ActionForms { ActionForms(session: session) }

    /// The parts of the path between slashes.
    var parts: [String] { path.split(separator: "/").map(String.init) }

    /// After how many seconds the browser reads the page again; nil for never.
    ///
    /// A page does so only if a person asked for it, because it would take the place that somebody is
    /// reading from them. Source: <https://www.w3.org/TR/WCAG22/#timing-adjustable>.
    var refreshSeconds: Int? { ["minute": 60, "seconds": 5][query["refresh"] ?? ""] }

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
