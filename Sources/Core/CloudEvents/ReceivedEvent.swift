public import Domain
import Ports

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
    /// The data in the format of `datacontenttype`; nil for none, which differs from JSON's null.
    public let data: [UInt8]?

    /// The attribute `type`.
    public var type: String { attributes["type"] ?? "" }
    /// The attribute `id`.
    public var id: String { attributes["id"] ?? "" }

    /// Validates the attributes.
    ///
    /// - Throws: `malformedEvent`, naming the attribute that is missing or invalid.
    init(attributes: [String: String], data: [UInt8]?) throws(Failure) {
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
    /// - Returns: Unparsed JSON; nil if there is no data.
    /// - Throws: `malformedEvent` if `datacontenttype` is not JSON.
    public func json() throws(Failure) -> [UInt8]? {
        guard let data else { return nil }
        let type = attributes["datacontenttype"].map(MediaType.init)
        try check(type?.isJSON ?? true, "datacontenttype must be application/json")
        return data
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
