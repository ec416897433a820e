/// A calendar day in UTC.
///
/// In JSON and in URLs it is `YYYY-MM-DD`.
public struct Day: Hashable, Comparable, Strideable, Sendable {
    /// The days since 1970-01-01; negative before.
    public let number: Int

    /// Creates a day from the days since 1970-01-01.
    public init(number: Int) { self.number = number }

    /// Creates the UTC day that contains `moment`.
    public init(containing moment: Timestamp) {
        let perDay: Int64 = 86_400_000
        let floor = moment.milliseconds - (moment.milliseconds % perDay + perDay) % perDay
        self.init(number: Int(floor / perDay))
    }

    /// Orders by date, earlier first.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.number < rhs.number }

    /// Returns the number of days from this day to `other`; negative if `other` is earlier.
    public func distance(to other: Self) -> Int { other.number - number }

    /// Returns the day `days` later, or earlier if `days` is negative.
    public func advanced(by days: Int) -> Self { Self(number: number + days) }

    /// The year of the Gregorian calendar.
    public var year: Int { date.year }

    /// The month of the year, 1 to 12.
    public var month: Int { date.month }

    // The Gregorian calendar also where history had another: RFC 3339 dates are proleptic.
    private var date: (year: Int, month: Int, day: Int) {
        // Days since 0000-03-01, by 400 years: a year that begins in March has its leap day at the end.
        let perCycle = 146_097
        let days = number + 719_468
        let cycleDay = (days % perCycle + perCycle) % perCycle
        let cycle = (days - cycleDay) / perCycle
        let year = (cycleDay - cycleDay / 1_460 + cycleDay / 36_524 - cycleDay / 146_096) / 365
        let yearDay = cycleDay - (365 * year + year / 4 - year / 100)
        let march = (5 * yearDay + 2) / 153
        let month = march < 10 ? march + 3 : march - 9
        let day = yearDay - (153 * march + 2) / 5 + 1
        return (cycle * 400 + year + (month <= 2 ? 1 : 0), month, day)
    }
}

extension Day: LosslessStringConvertible, Codable {
    /// Parses `YYYY-MM-DD`; nil if the text has another form or the calendar has no such day.
    public init?(_ text: String) {
        var reader = RFC3339Reader(text)
        guard let day = reader.day(), reader.isAtEnd else { return nil }
        self = day
    }

    /// `YYYY-MM-DD`.
    public var description: String {
        let (year, month, day) = date
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// Decodes `YYYY-MM-DD`.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "a day such as 2026-11-21")
    }

    /// Encodes as `YYYY-MM-DD`.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}
