public import Domain
public import FunctionInterface
import Ports
import Toolbox

/// The response to a browser: the output of both authorization functions.
public struct WebResult: Codable, Hashable, Sendable {
    /// The status code.
    public var status: Int
    /// The headers by lower-case name.
    public var headers: [String: String]
    /// The page as HTML; empty for a redirect.
    public var body: String
    /// The integration that was connected, if any.
    public var integration: ConnectedIntegration?
    /// The reason why nothing was connected, if so.
    public var error: FailureReport.Content?

    /// Creates a response that is not cached and whose URL is not sent to other sites.
    public init(status: Int, headers: [String: String] = [:], body: String = "") {
        self.status = status
        self.body = body
        self.headers = [
            "cache-control": "no-store", "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        ].merging(headers) { $1 }
    }

    /// Creates a response with a page.
    public init(status: Int, headers: [String: String] = [:], page: AuthorizationPage) {
        let own = [
            "content-type": "text/html; charset=utf-8",
            "content-security-policy": AuthorizationPage.contentSecurityPolicy,
        ]
        self.init(status: status, headers: own.merging(headers) { $1 }, body: page.html)
    }

    /// Creates a response with a page that reports a failure.
    ///
    /// - Parameters:
    ///   - status: The status code; nil for the one that belongs to the failure's code.
    ///   - links: Parts of the page that follow the message, such as a link to begin again.
    /// - Returns: The response, with the failure in ``error``.
    public static func refusal(
        _ failure: Failure, status: Int? = nil, headers: [String: String] = [:],
        links: [AuthorizationPage.Part] = []
    ) -> WebResult {
        var result = WebResult(
            status: status ?? Self.status(of: failure.code), headers: headers,
            page: AuthorizationPage(
                title: "Not connected", parts: [.text(failure.message.sentence)] + links))
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
