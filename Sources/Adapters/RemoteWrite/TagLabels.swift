import Domain
import Ports

/// The labels from which Coralogix takes the application and the subsystem.
struct TagLabels {
    static let application = "cx_application_name"
    static let subsystem = "cx_subsystem_name"
    /// The first label whose name sorts after both names.
    ///
    /// A test verifies it.
    static let next = Label.feature

    /// The encoded labels.
    ///
    /// One without a value is omitted.
    let bytes: [UInt8]

    /// Encodes the tags of a scope.
    ///
    /// - Parameter valueByteCountMax: The longest value that the backend accepts, in bytes; nil for
    ///   any.
    /// - Throws: `misconfigured` if a tag is longer.
    init(_ tags: SampleTags, valueByteCountMax: Int?) throws(Failure) {
        var bytes: [UInt8] = []
        for (name, value) in [
            (Self.application, tags.application), (Self.subsystem, tags.subsystem ?? ""),
        ] where !value.isEmpty {
            guard value.utf8.count <= valueByteCountMax ?? .max else {
                throw Failure(
                    .misconfigured,
                    "the integration's application or subsystem is too long for the backend. "
                        + "Authorize again with a shorter one.")
            }
            bytes += Protobuf.label(name, value)
        }
        self.bytes = bytes
    }
}
