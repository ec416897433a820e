public import CloudEvents
public import Domain
import HTTPTypes
import HummingbirdCore
import Ports

/// A request whose body has not been read yet.
public struct HTTPServerRequest: Sendable {
    /// The method, in upper case.
    public let method: String
    /// The path.
    public let path: String
    /// The part of the request that the authorization functions use.
    public let webEvent: WebEvent

    private let request: Request
    private let reader: BodyReader

    init(_ request: Request, body: BodyReader) {
        self.request = request
        reader = body
        method = request.method.rawValue
        path = request.uri.path
        webEvent = Self.event(request)
    }

    /// The header fields as received, for code that counts them.
    public var fields: EventContent.Fields {
        request.headers.map { ($0.name.canonicalName, $0.value) }
    }

    /// The value of a header field by its lower-case name; nil if the field is absent.
    public subscript(field name: String) -> String? { webEvent.headers[name] }

    /// Reads the body, which is possible once.
    ///
    /// - Throws: `limitExceeded`, `timedOut`, or `unavailable` if the client disconnected.
    public func body() async throws(Failure) -> [UInt8] { try await reader.bytes() }

    private static func event(_ request: Request) -> WebEvent {
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters where query[String(name)] == nil {
            query[String(name)] = String(value)
        }
        var headers: [String: String] = [:]
        for field in request.headers {
            let name = field.name.canonicalName
            // Cookies in several fields form one list, RFC 9113, section 8.2.3.
            let separator = name == "cookie" ? "; " : ", "
            headers[name] = headers[name].map { $0 + separator + field.value } ?? field.value
        }
        if let host = request.head.authority { headers["host"] = host }
        return WebEvent(method: request.method.rawValue, query: query, headers: headers)
    }
}
