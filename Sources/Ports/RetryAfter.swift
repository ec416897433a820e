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
        return date(field).map { max(.zero, $0.since(now)) }
    }

    /// Reads an `IMF-fixdate`, `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that may be sent.
    private static func date(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2])
        else { return nil }
        let number = String(month + 1)
        let monthNumber = number.count < 2 ? "0\(number)" : number
        return Timestamp("\(parts[3])-\(monthNumber)-\(parts[1])T\(parts[4])Z")
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
