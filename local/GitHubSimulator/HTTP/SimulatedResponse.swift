public import Domain
import HTML
import Toolbox

/// A response of the simulated GitHub.
public struct SimulatedResponse: Sendable {
    /// The status code.
    public var status: Int
    /// Header fields by lowercase name.
    public var fields: [String: String]
    /// The body.
    public var body: [UInt8]
    /// How the response ends too early; nil if it arrives complete.
    var interruption: Interruption?
    /// Whether the body was changed on the way, so that its checksum may be that of another one.
    var isDamaged = false

    /// An end that comes too early.
    struct Interruption: Sendable {
        /// The bytes of the body that arrive first; nil if not even the head does.
        let byteCount: Int?
        /// Whether the connection stays open without sending anything, instead of breaking.
        let isSilent: Bool
    }

    /// Creates a response.
    public init(_ status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// Creates a JSON response.
    public static func json(_ status: Int, _ value: JSONValue) -> SimulatedResponse {
        SimulatedResponse(
            status, fields: ["content-type": "application/json; charset=utf-8"],
            body: JSON.encode(value))
    }

    /// Creates an error response in the form that all of GitHub's API uses.
    ///
    /// - Parameters:
    ///   - status: The status code, which GitHub repeats in the body as a string.
    ///   - message: GitHub's message.
    ///   - documentation: The path of the page that the response links to, below docs.github.com.
    /// - Returns: The response.
    public static func refusal(
        _ status: Int, _ message: String, documentation: String = "rest"
    ) -> SimulatedResponse {
        .json(
            status,
            .object([
                "message": .string(message), "status": .string(String(status)),
                "documentation_url": .string("https://docs.github.com/\(documentation)"),
            ]))
    }

    /// Creates a web page.
    static func page(_ status: Int, _ page: HTML) -> SimulatedResponse {
        SimulatedResponse(
            status,
            fields: ["content-type": "text/html; charset=utf-8", "cache-control": "no-store"],
            body: Array(page.markup.utf8))
    }

    /// Redirects a browser.
    static func redirect(to address: String) -> SimulatedResponse {
        SimulatedResponse(302, fields: ["location": address, "cache-control": "no-store"])
    }

    /// Creates an error response of the report host, in the form of its storage service.
    ///
    /// Source: <https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2>.
    public static func storageRefusal(
        _ status: Int, code: String, message: String
    ) -> SimulatedResponse {
        let text = """
            <?xml version="1.0" encoding="utf-8"?><Error><Code>\(code)</Code>\
            <Message>\(message)</Message></Error>
            """
        return SimulatedResponse(
            status, fields: ["content-type": "application/xml", "x-ms-error-code": code],
            body: Array(text.utf8))
    }
}

/// A response that ends the handling of a request early.
struct ErrorResponse: Error {
    let response: SimulatedResponse

    init(_ response: SimulatedResponse) { self.response = response }

    init(_ status: Int, _ message: String, documentation: String = "rest") {
        response = .refusal(status, message, documentation: documentation)
    }

    /// GitHub's response for anything that is missing or that the caller may not see.
    static let notFound = ErrorResponse(404, "Not Found")

    /// GitHub's response to an App that lacks a permission or an approval.
    static let notAccessible = ErrorResponse(403, "Resource not accessible by integration")
}
