public import FunctionInterface
public import Domain
import Ports

/// The answer to a browser: the output of both authorization functions.
public struct WebResult: Codable, Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// The header fields by lower-case name.
    public var headers: [String: String]
    /// The page; empty for a redirect.
    public var body: String
    /// What was connected, if anything was.
    public var integration: ConnectedIntegration?
    /// Why nothing was.
    public var error: FailureReport.Content?

    /// Creates an answer that no cache keeps and no other page learns of.
    public init(status: Int, headers: [String: String] = [:], body: String = "") {
        self.status = status
        self.body = body
        self.headers = [
            "cache-control": "no-store", "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        ].merging(headers) { $1 }
    }

    /// Creates an answer that shows a page.
    public init(status: Int, headers: [String: String] = [:], page: Page) {
        let own = [
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": Page.contentSecurityPolicy,
        ]
        self.init(status: status, headers: own.merging(headers) { $1 }, body: page.html)
    }

    /// Creates a refusal: a page that says what is wrong and what to do.
    ///
    /// - Parameters:
    ///   - failure: What is wrong.
    ///   - status: The status code; nil for the one that fits the failure.
    ///   - headers: Further header fields.
    ///   - links: Where to go on.
    /// - Returns: The answer, with the failure in ``error``.
    public static func refusal(
        _ failure: Failure, status: Int? = nil, headers: [String: String] = [:],
        links: [Page.Part] = []
    ) -> WebResult {
        let sentence = failure.message.prefix(1).uppercased() + failure.message.dropFirst() + "."
        var result = WebResult(
            status: status ?? Self.status(of: failure.code), headers: headers,
            page: Page(title: "Not connected", parts: [.text(sentence)] + links))
        result.error = FailureReport(failure).error
        return result
    }

    private static func status(of code: Failure.Code) -> Int {
        switch code {
        case .malformedEvent, .invalidAuthorization: 400
        case .unauthorized: 401
        case .forbidden, .suspended, .policyOff: 403
        case .malformedReply: 502
        default: 500
        }
    }
}
