public import Domain

/// Dates in HTTP header fields, such as `Sun, 06 Nov 1994 08:49:37 GMT`: the `IMF-fixdate` of
/// RFC 9110, section 5.6.7.
public enum HTTPDate {
    /// Formats a time, without fractions of a second.
    public static func format(_ moment: Timestamp) -> String {
        let day = Day(containing: moment)
        let weekday = weekdays[((day.number % 7) + 7) % 7]
        let text = Timestamp(seconds: moment.seconds).description  // 1994-11-06T08:49:37Z
        let date = text.prefix(10).suffix(2)
        let time = text.dropFirst(11).prefix(8)
        return "\(weekday), \(date) \(months[day.month - 1]) \(day.year) \(time) GMT"
    }

    /// Parses a date; nil if it is in another form, also in the obsolete ones.
    public static func parse(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2])
        else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp("\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    // The epoch, day 0, was a Thursday.
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
