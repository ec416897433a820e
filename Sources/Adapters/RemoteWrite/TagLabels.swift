import Domain
import Ports

/// The labels in which Coralogix looks for application and subsystem.
struct TagLabels {
    static let application = "cx_application_name"
    static let subsystem = "cx_subsystem_name"
    /// The first label whose name is after both of theirs; a test holds it to the names.
    static let next = Label.feature

    /// Both labels as they stand in a series; one without a value is left out.
    let bytes: [UInt8]

    /// Encodes the tags of a scope.
    ///
    /// - Parameters:
    ///   - tags: The tags.
    ///   - valueByteCountMax: The longest value that the backend keeps.
    /// - Throws: `misconfigured` if a tag is longer.
    init(_ tags: SampleTags, valueByteCountMax: Int?) throws(Failure) {
        var bytes: [UInt8] = []
        for (name, value) in [
            (Self.application, tags.application), (Self.subsystem, tags.subsystem ?? ""),
        ] where !value.isEmpty {
            guard value.utf8.count <= valueByteCountMax ?? .max else {
                throw Failure(
                    .misconfigured,
                    "the integration's application or subsystem is too long for the backend: "
                        + "authorize again with a shorter one")
            }
            bytes += Protobuf.label(name, value)
        }
        self.bytes = bytes
    }
}
