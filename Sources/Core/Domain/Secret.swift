/// A value that must not reach a log, an error message, a result or the store in clear.
///
/// It is neither `Codable` nor `Equatable`, prints as `<secret>` and shows `dump` nothing.
public struct Secret: Sendable, CustomStringConvertible, CustomReflectable {
    private let value: String

    /// Wraps a secret as it was received.
    public init(_ value: String) { self.value = value }

    /// Always `<secret>`.
    public var description: String { "<secret>" }

    /// A mirror with nothing in it.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Lends the value to `body`, the one place it may be read.
    public func reveal<Result, E: Error>(_ body: (String) throws(E) -> Result) throws(E) -> Result {
        try body(value)
    }
}
