package import Domain
import FunctionInterface
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A browser's request in the format of a Function URL and an HTTP API: payload format 2.0.
///
/// Source: <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>.
package struct WebRequest {
    /// The path, without a trailing slash.
    package let path: String
    /// The input of the functions.
    package let event: WebEvent

    /// Reads a request; the body is not used and is ignored.
    ///
    /// - Throws: `malformedEvent` if the request is in another format.
    package init(_ value: JSONValue) throws(Failure) {
        guard value["version"]?.text == "2.0", let http = value["requestContext"]?["http"],
            let method = http["method"]?.text
        else {
            throw Failure(
                .malformedEvent,
                "the event is an HTTP request of another format: use a Function URL, or an HTTP API"
                    + " with payload format version 2.0")
        }
        var path = (value["rawPath"] ?? http["path"])?.text ?? "/"
        while path.count > 1, path.last == "/" { path.removeLast() }
        self.path = path
        var headers: [String: String] = [:]
        if case .object(let fields)? = value["headers"] {
            for (name, text) in fields { headers[name.lowercased()] = text.text }
        }
        // Lambda removes cookies from the header fields.
        if case .array(let cookies)? = value["cookies"] {
            headers["cookie"] = cookies.compactMap(\.text).joined(separator: "; ")
        }
        event = WebEvent(
            method: method.uppercased(),
            // The event also has a map of the query, but it joins repeated values with commas.
            query: Form(value["rawQueryString"]?.text ?? "").first, headers: headers)
    }

    /// Finds the function that handles the path; nil if none does.
    ///
    /// A prefix of the path, such as the name of a stage, is ignored.
    package func function(among functions: [FunctionName]) -> FunctionName? {
        let found: FunctionName? =
            path.hasSuffix("/authorize/callback")
            ? .onAuthorizeCallback : path.hasSuffix("/authorize") ? .onAuthorize : nil
        return found.flatMap { functions.contains($0) ? $0 : nil }
    }
}

/// The response to a browser, in the same format.
struct WebAnswer: Encodable {
    var statusCode: Int
    var headers: [String: String]
    var cookies: [String]
    var body: String
    var isBase64Encoded = false

    /// Creates a response from a function's page.
    init(_ page: WebPage) {
        statusCode = page.status
        headers = page.headers
        // Cookies have a separate member; as a header field only one would arrive.
        cookies = headers.removeValue(forKey: "set-cookie").map { [$0] } ?? []
        body = page.body
    }

    /// Creates a response that reports a failure.
    init(_ failure: Failure) {
        statusCode =
            switch failure.code {
            case .malformedEvent: 400
            case .notFound: 404
            case .conflict: 409
            case .rateLimited: 429
            case .timedOut, .unavailable, .cancelled: 503
            default: 500
            }
        headers = ["content-type": "text/plain; charset=utf-8", "cache-control": "no-store"]
        if case .after(let delay) = failure.retry {
            headers["retry-after"] = String(delay.secondsRoundedUp)
        }
        cookies = []
        body = failure.message + "\n"
    }
}
