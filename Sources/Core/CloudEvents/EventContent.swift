import Toolbox
public import Domain
import Ports

/// What an HTTP message brings: section 3 of the HTTP protocol binding,
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>.
public enum EventContent: Hashable, Sendable {
    /// A CloudEvent, whichever way it was packed.
    case event(ReceivedEvent)
    /// JSON that does not say that it is a CloudEvent.
    case bare([UInt8])
    /// A media type that is not taken; the sentence says which are.
    case unsupported(String)

    /// Header fields as they came; a name may come twice.
    public typealias Fields = [(name: String, value: String)]

    /// Reads a message.
    ///
    /// - Parameters:
    ///   - fields: The header fields, names in any case.
    ///   - body: The body.
    /// - Returns: What it brings.
    /// - Throws: `malformedEvent`, naming the attribute, if it is an event that is wrong.
    public static func read(_ fields: Fields, body: [UInt8]) throws(Failure) -> EventContent {
        let codings = fields.filter { $0.name.lowercased() == "content-encoding" }.map(\.value)
        guard codings.allSatisfy({ $0.lowercased() == "identity" }) else {
            return .unsupported("send the body as it is, without a content-encoding")
        }
        let types = fields.filter { $0.name.lowercased() == "content-type" }.map(\.value)
        try check(types.count <= 1, "content-type is there twice")
        let type = types.first.map(MediaType.init)
        let attributes = try attributes(fields)

        // The longer name first: it begins with the shorter one.
        if let type, type.name.hasPrefix("application/cloudevents-batch") {
            return .unsupported("batches are not taken: send each event in a request of its own")
        }
        if let type, type.name.hasPrefix("application/cloudevents") {
            guard type.name == "application/cloudevents+json", type.isUTF8 else {
                return .unsupported(
                    "of the structured formats only application/cloudevents+json in UTF-8 is taken")
            }
            return .event(try ReceivedEvent(json: body))
        }
        guard attributes.isEmpty else {
            var attributes = attributes
            attributes["datacontenttype"] = types.first
            return .event(
                try ReceivedEvent(attributes: attributes, data: body.isEmpty ? nil : .bytes(body)))
        }
        // A page in somebody's browser may send any other type without asking first.
        guard let type, type.isJSON, type.isUTF8 else {
            return .unsupported(
                "send a CloudEvent, or JSON with content-type: application/json in UTF-8")
        }
        return .bare(body)
    }

    /// The attributes that stand in header fields.
    private static func attributes(_ fields: Fields) throws(Failure) -> [String: String] {
        var attributes: [String: String] = [:]
        for field in fields {
            let header = field.name.lowercased()
            guard header.hasPrefix("ce-") else { continue }
            let name = String(header.dropFirst(3))
            let shown = "ce-\(AttributeText.shown(name))"
            try check(
                name != "datacontenttype",
                "ce-datacontenttype must not be there: content-type says it")
            try check(
                name != "data" && AttributeText.isName(name), "\(shown) cannot be an attribute")
            try check(attributes[name] == nil, "\(shown) is there twice")
            guard let value = AttributeText.parse(headerValue: field.value) else {
                throw Failure(.malformedEvent, "\(shown) is not percent-encoded UTF-8")
            }
            attributes[name] = value
        }
        return attributes
    }
}
