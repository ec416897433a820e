public import Domain

/// One moment per day, at the same time of day in UTC.
public struct DailySchedule: Hashable, Sendable {
    /// The time of day, as time since midnight UTC.
    public let timeOfDay: Duration

    /// Creates a schedule, by default at 06:00, when GitHub has published most of the day before.
    public init(timeOfDay: Duration = .seconds(6 * 3_600)) { self.timeOfDay = timeOfDay }

    /// Reads `HH:MM`.
    ///
    /// - Parameter text: From `00:00` to `23:59`; the result is nil for anything else.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 5, digits[2] == UInt8(ascii: ":"),
            let hours = Int(text.prefix(2)), 0..<24 ~= hours,
            let minutes = Int(text.suffix(2)), 0..<60 ~= minutes
        else { return nil }
        self.init(timeOfDay: .seconds(hours * 3_600 + minutes * 60))
    }

    /// Returns the moments that became due after `last` and up to `now`.
    ///
    /// - Parameters:
    ///   - last: The last moment that was handled, excluded.
    ///   - now: The present, included.
    ///   - countMax: The most moments to return, for a machine that was off for a long time.
    /// - Returns: The latest due moments, oldest first, at most `countMax`.
    public func due(after last: Timestamp, through now: Timestamp, countMax: Int) -> [Timestamp] {
        let newest = Day(containing: now)
        let oldest = max(Day(containing: last), newest.advanced(by: -countMax))
        guard oldest <= newest else { return [] }
        let moments = (oldest...newest).map(moment(on:))
        return Array(moments.filter { last < $0 && $0 <= now }.suffix(countMax))
    }

    /// The first moment after `now`.
    public func next(after now: Timestamp) -> Timestamp {
        let today = Day(containing: now)
        let moment = moment(on: today)
        return moment > now ? moment : self.moment(on: today.advanced(by: 1))
    }

    /// The moment on `day`.
    public func moment(on day: Day) -> Timestamp {
        Timestamp(startOf: day).advanced(by: timeOfDay)
    }
}
