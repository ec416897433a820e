public import Domain

/// The header field `Retry-After` of RFC 9110, section 10.2.3: seconds or a date.
public enum RetryAfter {
    /// The longest wait that is honoured, one day: a host that asks for more is misconfigured, and
    /// must not put an event back for years.
    public static let durationMax: Duration = .seconds(86_400)

    /// Returns how long the other side asks the caller to wait.
    ///
    /// - Parameter field: The field's value, such as `120` or `Sun, 06 Nov 1994 08:49:37 GMT`.
    /// - Returns: A wait from zero to ``durationMax``; nil if the value is in neither form.
    public static func duration(_ field: String, now: Timestamp) -> Duration? {
        let isNumber = !field.isEmpty && field.utf8.allSatisfy { 0x30...0x39 ~= $0 }
        let asked: Duration? =
            isNumber
            ? Int32(field).map { .seconds($0) } ?? durationMax
            : HTTPDate.parse(field).map { $0.since(now) }
        return asked.map { min(max(.zero, $0), durationMax) }
    }
}
