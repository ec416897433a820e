import Toolbox
public import Domain
import Ports

/// What the simulated GitHub answers.
public struct Answer: Sendable {
    /// The status code.
    public var status: Int
    /// Header fields by lower-case name.
    public var fields: [String: String]
    /// The body.
    public var body: [UInt8]
    /// How it ends too early; nil if it comes whole.
    var interruption: Interruption?

    /// An end that comes too early.
    struct Interruption: Sendable {
        /// After how many bytes of the body; nil before the head.
        let byteCount: Int?
        /// Whether the connection stays open and nothing more is said; else it breaks.
        let isSilent: Bool
    }

    /// Creates an answer.
    public init(_ status: Int, fields: [String: String] = [:], body: [UInt8] = []) {
        self.status = status
        self.fields = fields
        self.body = body
    }

    /// An answer that is JSON.
    public static func json(_ status: Int, _ value: JSONValue) -> Answer {
        Answer(
            status, fields: ["content-type": "application/json; charset=utf-8"],
            body: JSON.encode(value))
    }

    /// A refusal in the form GitHub gives all of its own.
    ///
    /// - Parameters:
    ///   - status: The status code, which GitHub repeats in the body as text.
    ///   - message: GitHub's sentence.
    ///   - documentation: The path of the page it points to, at docs.github.com.
    /// - Returns: The answer.
    public static func refusal(
        _ status: Int, _ message: String, documentation: String = "rest"
    ) -> Answer {
        .json(
            status,
            .object([
                "message": .string(message), "status": .string(String(status)),
                "documentation_url": .string("https://docs.github.com/\(documentation)"),
            ]))
    }

    /// A page for a person.
    static func page(_ status: Int, _ html: String) -> Answer {
        Answer(
            status,
            fields: ["content-type": "text/html; charset=utf-8", "cache-control": "no-store"],
            body: Array(html.utf8))
    }

    /// Sends a browser on.
    static func redirect(to address: String) -> Answer {
        Answer(302, fields: ["location": address, "cache-control": "no-store"])
    }

    /// A refusal of the report host, in the form of the storage service behind it.
    ///
    /// Source: <https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2>.
    public static func storageRefusal(_ status: Int, code: String, message: String) -> Answer {
        let text = """
            <?xml version="1.0" encoding="utf-8"?><Error><Code>\(code)</Code>\
            <Message>\(message)</Message></Error>
            """
        return Answer(
            status, fields: ["content-type": "application/xml", "x-ms-error-code": code],
            body: Array(text.utf8))
    }
}

/// An answer that ends the handling of a call early.
struct Refusal: Error {
    let answer: Answer

    init(_ answer: Answer) { self.answer = answer }

    init(_ status: Int, _ message: String, documentation: String = "rest") {
        answer = .refusal(status, message, documentation: documentation)
    }

    /// How GitHub hides what is missing and what the caller may not see.
    static let notFound = Refusal(404, "Not Found")

    /// How GitHub refuses an App that lacks a permission or an approval.
    static let notAccessible = Refusal(403, "Resource not accessible by integration")
}
