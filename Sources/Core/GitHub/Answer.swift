import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A reply, read to its end.
struct Answer: Sendable {
    let status: Int
    let fields: [String: String]
    let bytes: [UInt8]

    /// What GitHub says in the documented field of an error, or nothing.
    var message: String {
        struct Content: Decodable { var message: String? }
        return (try? JSONDecoder().decode(Content.self, from: Data(bytes)))?.message ?? ""
    }

    /// Reads the body as JSON of the documented form.
    ///
    /// - Parameters:
    ///   - type: The form.
    ///   - subject: What was asked for, for the error.
    /// - Returns: The value.
    /// - Throws: `malformedReply`; it never repeats what was received.
    func decoded<Value: Decodable>(
        as type: Value.Type, _ subject: String
    ) throws(Failure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure(
                .malformedReply,
                "GitHub's answer about \(subject) is not of the documented form: look for a newer "
                    + "version of this program")
        }
    }
}

/// An element of a list that is left out, rather than spoil the list, when it has another form.
struct Tolerant<Value: Decodable & Sendable>: Decodable, Sendable {
    let value: Value?

    init(from decoder: any Decoder) throws { value = try? Value(from: decoder) }
}
