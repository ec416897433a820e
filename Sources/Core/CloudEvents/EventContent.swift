public import Domain
import Ports
import Toolbox

/// The content of an HTTP request.
///
/// Source: HTTP protocol binding, section 3,
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md>.
public enum EventContent: Hashable, Sendable {
    /// A CloudEvent in the binary or the structured mode.
    case event(ReceivedEvent)
    /// JSON without the marks of a CloudEvent: the input of a function.
    case bare([UInt8])
    /// A media type that is not supported, with a sentence that names those that are.
    case unsupported(String)

    /// Header fields as received; a name can occur twice.
    public typealias Fields = [(name: String, value: String)]

    /// Parses a request.
    ///
    /// - Parameter fields: The header fields, with names in any case.
    /// - Throws: `malformedEvent`, naming the attribute, if a CloudEvent is invalid.
    public static func read(_ fields: Fields, body: [UInt8]) throws(Failure) -> EventContent {
        let codings = fields.filter { $0.name.lowercased() == "content-encoding" }.map(\.value)
        guard codings.allSatisfy({ $0.lowercased() == "identity" }) else {
            return .unsupported("send the body without a content-encoding")
        }
        let types = fields.filter { $0.name.lowercased() == "content-type" }.map(\.value)
        try check(types.count <= 1, "content-type is repeated")
        let type = types.first.map(MediaType.init)
        let attributes = try attributes(fields)

        // The longer name first: it begins with the shorter one.
        if let type, type.name.hasPrefix("application/cloudevents-batch") {
            return .unsupported("batches are not supported: send each event in a separate request")
        }
        if let type, type.name.hasPrefix("application/cloudevents") {
            guard type.name == "application/cloudevents+json", type.isUTF8 else {
                return .unsupported(
                    "the only supported structured format is application/cloudevents+json in UTF-8"
                )
            }
            return .event(try ReceivedEvent(json: body))
        }
        guard attributes.isEmpty else {
            var attributes = attributes
            attributes["datacontenttype"] = types.first
            return .event(
                try ReceivedEvent(attributes: attributes, data: body.isEmpty ? nil : .bytes(body)))
        }
        // A web page can send most other types across origins without a preflight request.
        guard let type, type.isJSON, type.isUTF8 else {
            return .unsupported(
                "send a CloudEvent, or JSON with content-type: application/json in UTF-8")
        }
        return .bare(body)
    }

    /// Returns the attributes in header fields.
    private static func attributes(_ fields: Fields) throws(Failure) -> [String: String] {
        var attributes: [String: String] = [:]
        for field in fields {
            let header = field.name.lowercased()
            guard header.hasPrefix("ce-") else { continue }
            let name = String(header.dropFirst(3))
            let shown = "ce-\(AttributeText.shown(name))"
            try check(
                name != "datacontenttype",
                "ce-datacontenttype is not allowed: content-type has its value")
            try check(
                name != "data" && AttributeText.isName(name),
                "\(shown) is not a valid attribute name")
            try check(attributes[name] == nil, "\(shown) is repeated")
            guard let value = AttributeText.parse(headerValue: field.value) else {
                throw Failure(.malformedEvent, "\(shown) is not percent-encoded UTF-8")
            }
            attributes[name] = value
        }
        return attributes
    }
}
