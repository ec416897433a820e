public import Domain
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A CloudEvent from any sender.
///
/// It is valid, but its type may be unknown.
///
/// Source: <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md>. The
/// initializers reject an event that violates a MUST of the specification, and name the attribute.
public struct ReceivedEvent: Hashable, Sendable {
    /// The context attributes and extensions in their text form.
    ///
    /// `specversion` is `1.0`.
    public let attributes: [String: String]
    /// The payload in the form that `datacontenttype` names; nil if there is none, which is not the
    /// same as JSON's null.
    public let data: Payload?

    /// A payload, parsed if the event's format parsed it already.
    public enum Payload: Hashable, Sendable {
        /// Bytes in the form that `datacontenttype` names.
        case bytes([UInt8])
        /// JSON.
        case json(JSONValue)
    }

    /// The attribute `type`.
    public var type: String { attributes["type"] ?? "" }
    /// The attribute `id`.
    public var id: String { attributes["id"] ?? "" }

    /// Validates the attributes.
    ///
    /// - Throws: `malformedEvent`, naming the attribute that is missing or wrong.
    init(attributes: [String: String], data: Payload?) throws(Failure) {
        self.attributes = attributes
        self.data = data
        try check(attributes["specversion"] == "1.0", "specversion must be \"1.0\"")
        for name in ["id", "source", "type"] {
            try check(attributes[name] ?? "" != "", "\(name) is missing or not text")
        }
        for (name, value) in attributes.sorted(by: { $0.key < $1.key }) {
            let shown = AttributeText.shown(name)
            try check(
                AttributeText.isName(name),
                "\(shown) is not a valid attribute name: use lower-case letters and digits")
            try check(AttributeText.isAllowed(value), "\(shown) contains control characters")
            guard let form = Self.forms[name] else { continue }
            try check(form.isRight(value), "\(name) must be \(form.words)")
        }
    }

    /// Returns the data as JSON, the input of functions.
    ///
    /// - Returns: The payload; nil if there is none.
    /// - Throws: `malformedEvent` if the payload is not JSON.
    public func json() throws(Failure) -> JSONValue? {
        guard let data else { return nil }
        let type = attributes["datacontenttype"].map(MediaType.init)
        try check(type?.isJSON ?? true, "datacontenttype must be application/json")
        switch data {
        case .json(let value): return value
        case .bytes(let bytes): return try JSON.event(bytes)
        }
    }

    /// The attributes with a format.
    private static let forms: [String: (words: String, isRight: @Sendable (String) -> Bool)] = [
        "source": ("a URI reference", { isReference($0) }),
        "time": ("an RFC 3339 time such as 2026-11-22T06:00:00Z", { Timestamp($0) != nil }),
        "subject": ("text, or absent", { !$0.isEmpty }),
        "dataschema": ("an absolute URI", { isReference($0) && $0.contains(":") }),
        "datacontenttype": (
            "a media type such as application/json", { MediaType($0).isWellFormed }
        ),
    ]

    private static func isReference(_ text: String) -> Bool {
        URLComponents(string: text, encodingInvalidCharacters: false) != nil
    }
}

/// Throws `malformedEvent` unless a condition holds.
func check(_ condition: Bool, _ complaint: String) throws(Failure) {
    guard condition else { throw Failure(.malformedEvent, complaint) }
}
