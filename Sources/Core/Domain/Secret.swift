/// A value that must not appear in logs, error messages, results or unencrypted state.
///
/// It is neither `Codable` nor `Equatable`. It prints as `<secret>`, and `dump` shows no content.
public struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    private let value: String

    /// Wraps a secret.
    public init(_ value: String) { self.value = value }

    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Calls `body` with the value.
    ///
    /// This is the only access to it.
    public func reveal<Value, E: Error>(_ body: (String) throws(E) -> Value) throws(E) -> Value {
        try body(value)
    }
}
