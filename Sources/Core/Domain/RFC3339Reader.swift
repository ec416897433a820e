/// Reads the parts of RFC 3339 text, strictly: the system's parser makes tomorrow of hour 25.
///
/// Source: RFC 3339, 5.6.
struct RFC3339Reader {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text[...].utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    /// `YYYY-MM-DD`, if the calendar has it.
    mutating func day() -> Day? {
        guard let year = number(4), take("-"), let month = number(2), take("-"),
            let date = number(2), year > 0, 1...12 ~= month, 1...31 ~= date
        else { return nil }
        // Days since 0000-03-01: a year that begins in March has its leap day at the end.
        let march = month > 2 ? year : year - 1
        let leapDays = march / 4 - march / 100 + march / 400
        let yearDay = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + date - 1
        let day = Day(number: march * 365 + leapDays + yearDay - 719_468)
        // The 30th of February is a day of March by this arithmetic.
        return day.month == month ? day : nil
    }

    /// `HH:MM:SS` as seconds; RFC 3339 has a second 60, which is the next minute's first.
    mutating func time() -> Int? {
        guard let minutes = minutes(), take(":"), let second = number(2), second <= 60
        else { return nil }
        return minutes * 60 + second
    }

    /// A fraction of a second, rounded; 0 where there is none.
    mutating func milliseconds() -> Int? {
        guard take(".") else { return 0 }
        let digits = rest.prefix { 48...57 ~= $0 }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        let thousands = digits.prefix(4).reduce(0) { $0 * 10 + Int($1) - 48 }
        let scale = [1_000, 100, 10, 1][min(digits.count, 4) - 1]
        return (thousands * scale + 5) / 10
    }

    /// `Z` or `+HH:MM`, as seconds to the east.
    mutating func offset() -> Int? {
        if take("Zz") { return 0 }
        let isEast = rest.first == UInt8(ascii: "+")
        guard take("+-"), let minutes = minutes() else { return nil }
        return (isEast ? minutes : -minutes) * 60
    }

    /// Takes one of some characters, if it is there.
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
