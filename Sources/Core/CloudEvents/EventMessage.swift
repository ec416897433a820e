public import Domain
import Ports
import Toolbox

/// A CloudEvent as an HTTP message.
public struct EventMessage: Hashable, Sendable {
    /// The content mode of the HTTP protocol binding.
    public enum Mode: CaseIterable, Sendable {
        /// The attributes are header fields, and the body is the data.
        case binary
        /// The body is one JSON document with the attributes and the data.
        case structured
    }

    /// Header fields by lower-case name.
    public let fields: [String: String]
    /// The body.
    public let body: [UInt8]

    /// Encodes an event.
    ///
    /// - Parameter extensions: Additional attributes. They replace those of the event.
    public init(_ event: CloudEvent, _ mode: Mode, extensions: EventExtensions = .none) {
        var members: [String: JSONValue] = [
            "specversion": .string(event.specversion), "id": .string(event.id),
            "source": .string(event.source), "type": .string(event.type.rawValue),
            "time": .string(event.time.description),
        ]
        members["subject"] = event.subject.map { .string($0) }
        members["traceparent"] = event.traceparent.map { .string($0) }
        members.merge(extensions.attributes.mapValues { .string($0) }) { $1 }
        switch mode {
        case .binary:
            var fields = ["content-type": event.datacontenttype]
            for (name, value) in members {
                fields["ce-\(name)"] = AttributeText.headerValue(value.text ?? "")
            }
            self.fields = fields
            body = JSON.encode(event.data)
        case .structured:
            members["datacontenttype"] = .string(event.datacontenttype)
            members["data"] = event.data
            fields = ["content-type": "application/cloudevents+json; charset=utf-8"]
            body = JSON.encode(members)
        }
    }
}
