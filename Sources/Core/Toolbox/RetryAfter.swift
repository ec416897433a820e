public import Domain

/// The header field of RFC 9110, section 10.2.3: seconds, or a date.
public enum RetryAfter {
    /// How long the other side asks to wait.
    ///
    /// - Parameters:
    ///   - field: The field's value.
    ///   - now: The present, for a date.
    /// - Returns: The wait, never negative; nil if the value is neither.
    public static func duration(_ field: String, now: Timestamp) -> Duration? {
        if let seconds = UInt32(field) { return .seconds(seconds) }
        return HTTPDate.parse(field).map { max(.zero, $0.since(now)) }
    }
}
