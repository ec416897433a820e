import Domain
import Ports

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

    /// Whether the body is an HTML page, which GitHub's API never returns.
    var isPage: Bool { HTMLPage.isLikely(fields["content-type"], bytes) }

    /// Decodes the body as JSON.
    ///
    /// - Parameters:
    ///   - subject: A noun phrase for the error, such as `the bill of acme`.
    /// - Throws: `malformedReply`, with a message that does not quote the body.
    func decoded<Value: Decodable>(
        as type: Value.Type, _ subject: String
    ) throws(Failure) -> Value {
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
