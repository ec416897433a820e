import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A response of GitHub's API whose body was read to its end.
struct APIResponse: Sendable {
    let status: Int
    let fields: [String: String]
    let bytes: [UInt8]

    /// The `message` field of a documented error; empty if there is none.
    var message: String {
        struct Content: Decodable { var message: String? }
        return (try? JSONDecoder().decode(Content.self, from: Data(bytes)))?.message ?? ""
    }

    /// The same response with the status of its error, if something in between answered an error with a
    /// status of success.
    ///
    /// No document that is read here has a `message`, so one that has is an error. Taken for a document,
    /// a refused report would be one without files, and a refused bill an empty one.
    var withRestoredStatus: APIResponse {
        // An error is short, and most documents are not decoded for this.
        guard 200...299 ~= status, status != 204, bytes.count <= 4_096, hasMessage else {
            return self
        }
        let message = message.lowercased()
        guard !message.isEmpty else { return self }
        let known = Self.statuses.first { phrase, _ in message.contains(phrase) }
        return APIResponse(status: known?.status ?? 503, fields: fields, bytes: bytes)
    }

    private var hasMessage: Bool {
        let name = Self.messageName
        return bytes.indices.contains { bytes[$0] == name[0] && bytes[$0...].starts(with: name) }
    }

    private static let messageName = Array("\"message\"".utf8)

    /// The statuses of errors by a phrase of their message; any other may pass.
    private static let statuses: [(phrase: String, status: Int)] = [
        ("rate limit", 429), ("bad credentials", 401), ("not found", 404),
        ("copilot usage metrics", 403), ("suspended", 403), ("not accessible by", 403),
        ("saml", 403), ("ip allow list", 403), ("must be an", 403),
    ]

    /// Whether there is no body, or nothing but white space: something in between lost it.
    var isBlank: Bool { bytes.allSatisfy { $0 <= UInt8(ascii: " ") } }

    /// Whether the body is an HTML page, which GitHub's API never returns.
    var isPage: Bool { HTMLPage.isLikely(fields["content-type"], bytes) }

    /// Decodes the body as JSON.
    ///
    /// - Parameters:
    ///   - subject: A noun phrase for the error, such as `the bill of acme`.
    /// - Throws: `malformedReply`, with a message that does not quote the body, or `unavailable` if there
    ///   is no body.
    func decoded<Value: Decodable>(
        as type: Value.Type, _ subject: String
    ) throws(Failure) -> Value {
        guard !isBlank else {
            throw Failure(
                .unavailable,
                "GitHub's response about \(subject) is empty. If this persists, check the proxy")
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure(
                .malformedReply,
                "GitHub's response about \(subject) does not have the documented form. Check for a "
                    + "newer version of copilot-usage")
        }
    }
}

/// A list element whose ``value`` is nil when it cannot be decoded, so that the list still can be.
struct Tolerant<Value: Decodable & Sendable>: Decodable, Sendable {
    let value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}
