/// Reads the parts of RFC 3339 text, strictly.
///
/// Foundation's parser accepts hour 25 as an hour of the next day.
///
/// Source: RFC 3339, section 5.6.
struct RFC3339Reader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// Reads `YYYY-MM-DD`; nil if the calendar has no such day.
    mutating func day() -> Day? {
        guard let year = number(4), take("-"), let month = number(2), take("-"),
            let date = number(2), year > 0, 1...12 ~= month, 1...31 ~= date
        else { return nil }
        // Days since 0000-03-01: a year that begins in March has its leap day at the end.
        let march = month > 2 ? year : year - 1
        let leapDays = march / 4 - march / 100 + march / 400
        let yearDay = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
        let day = Day(number: march * 365 + leapDays + yearDay - 719_468)
        // By this arithmetic February 30 is a day in March.
        return day.month == month ? day : nil
    }

    /// Reads `HH:MM:SS` as seconds.
    ///
    /// Second 60, a leap second, is the first of the next minute.
    mutating func time() -> Int? {
        guard let minutes = minutes(), take(":"), let second = number(2), second <= 60
        else { return nil }
        return minutes * 60 + second
    }

    /// Reads a fraction of a second as milliseconds, rounded; 0 if there is none.
    mutating func milliseconds() -> Int? {
        guard take(".") else { return 0 }
        let digits = rest.prefix { 48...57 ~= $0 }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let thousands = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) - 48 }
        let scale = [1_000, 100, 10, 1][min(digits.count, 4) - 1]
        return (thousands * scale + 5) / 10
    }

    /// Reads `Z` or `+HH:MM` as seconds east of UTC.
    mutating func offset() -> Int? {
        if take("Zz") { return 0 }
        let isEast = rest.first == UInt8(ascii: "+")
        guard take("+-"), let minutes = minutes() else { return nil }
        return (isEast ? minutes : -minutes) * 60
    }

    /// Consumes the next character if it is one of `characters`.
    mutating func take(_ characters: String) -> Bool {
        guard let next = rest.first, characters.utf8.contains(next) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func minutes() -> Int? {
        guard let hour = number(2), take(":"), let minute = number(2), hour < 24, minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    private mutating func number(_ count: Int) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy({ 48...57 ~= $0 }) else { return nil }
        rest = rest.dropFirst(count)
        return digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    }
}
