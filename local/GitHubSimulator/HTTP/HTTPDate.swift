import Domain

/// The `Date` header of RFC 9110, section 5.6.7, as in `Sun, 06 Nov 1994 08:49:37 GMT`.
enum HTTPDate {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    static func format(_ moment: Timestamp) -> String {
        let day = Day(containing: moment)
        let weekday = weekdays[((day.number % 7) + 7) % 7]
        let text = Timestamp(seconds: moment.seconds).description  // 1994-11-06T08:49:37Z
        let date = text.prefix(10).suffix(2)
        let time = text.dropFirst(11).prefix(8)
        return "\(weekday), \(date) \(months[day.month - 1]) \(day.year) \(time) GMT"
    }
}
