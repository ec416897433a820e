import Toolbox
public import Domain
import Ports

/// A CloudEvent packed for HTTP.
public struct EventMessage: Hashable, Sendable {
    /// The two ways to pack one event.
    public enum Mode: CaseIterable, Sendable {
        /// Attributes in header fields, the payload as the body.
        case binary
        /// One document that holds everything.
        case structured
    }

    /// Header fields by lower-case name.
    public let fields: [String: String]
    /// The body.
    public let body: [UInt8]

    /// Packs an event.
    ///
    /// - Parameters:
    ///   - event: The event.
    ///   - mode: How to pack it.
    ///   - extensions: Further attributes; they win over those of the event.
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
