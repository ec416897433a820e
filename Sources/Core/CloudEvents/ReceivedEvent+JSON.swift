public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The CloudEvents JSON format,
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md>.
extension ReceivedEvent {
    /// Parses an event from JSON that may be something else.
    ///
    /// - Returns: The event; nil if the value is not an object with a `specversion`.
    /// - Throws: `malformedEvent`, naming the attribute, if it is an invalid event.
    public static func find(in json: JSONValue) throws(Failure) -> ReceivedEvent? {
        json["specversion"] == nil ? nil : try ReceivedEvent(json)
    }

    /// Parses an event in the JSON format.
    ///
    /// - Throws: `malformedEvent`, naming the attribute that is missing or invalid.
    public init(json: [UInt8]) throws(Failure) {
        try self.init(try JSON.event(json))
    }

    private init(_ event: JSONValue) throws(Failure) {
        guard case .object(let members) = event else {
            throw Failure(.malformedEvent, "the event is not an object")
        }
        var attributes: [String: String] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key })
        where !["data", "data_base64"].contains(name) {
            attributes[name] = try Self.text(value, of: name)
        }
        try self.init(
            attributes: attributes,
            data: try Self.data(members, declared: attributes["datacontenttype"]))
    }

    /// Returns an attribute's text form.
    ///
    /// A null stands for an absent attribute.
    private static func text(_ value: JSONValue, of name: String) throws(Failure) -> String? {
        switch value {
        case .null: return nil
        case .string(let text): return text
        // All attributes that the specification defines are strings.
        case _ where known.contains(name):
            throw Failure(.malformedEvent, "\(name) is missing or not text")
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value) where Int32(exactly: value) != nil: return String(value)
        case .integer, .number, .array, .object:
            throw Failure(
                .malformedEvent,
                "\(AttributeText.shown(name)) must be text, true, false or a 32-bit integer"
            )
        }
    }

    private static let known: Set<String> = [
        "specversion", "id", "source", "type", "datacontenttype", "dataschema", "subject", "time",
    ]

    private static func data(
        _ members: [String: JSONValue], declared: String?
    ) throws(Failure) -> Payload? {
        let packed = members["data_base64"] ?? .null
        guard packed == .null else {
            try check(members["data"] == nil, "data and data_base64 are both present")
            guard let data = packed.text.flatMap({ Data(base64Encoded: $0) }) else {
                throw Failure(.malformedEvent, "data_base64 is not base64")
            }
            return .bytes([UInt8](data))
        }
        guard let value = members["data"] else { return nil }
        // "a JSON string in data must not be parsed again": it stays a JSON string.
        if declared.map({ MediaType($0).isJSON }) ?? true { return .json(value) }
        guard let text = value.text else {
            throw Failure(.malformedEvent, "data must be text, because datacontenttype is not JSON")
        }
        return .bytes(Array(text.utf8))
    }
}
