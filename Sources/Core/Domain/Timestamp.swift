/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Use it for times that people or other systems read. To measure elapsed time, use a `Clock` and a
/// `Duration`, because the system's time may jump. In JSON it is RFC 3339 text in UTC, such as
/// `2026-11-22T06:00:00Z`.
///
/// Every timestamp is in the years 1 to 9999, so that one that was written can be read: RFC 3339 has no
/// others. Arithmetic and numbers from outside that lead further stop at ``earliest`` or ``latest``.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the Unix epoch; negative before 1970.
    public let milliseconds: Int64

    /// The first moment of the year 1.
    public static let earliest = Timestamp(milliseconds: range.lowerBound)
    /// The last millisecond of the year 9999.
    public static let latest = Timestamp(milliseconds: range.upperBound)

    private static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// Creates a timestamp from milliseconds since the Unix epoch.
    public init(milliseconds: Int64) {
        self.milliseconds = min(max(Self.range.lowerBound, milliseconds), Self.range.upperBound)
    }

    /// Creates a timestamp from seconds since the Unix epoch.
    public init(seconds: Int64) { self.init(milliseconds: seconds.saturatingProduct(1_000)) }

    /// Creates a timestamp from seconds since the Unix epoch with a fraction, as Prometheus writes them,
    /// rounded to milliseconds; nil if it is not in the years 1 to 9999.
    public init?(fractionalSeconds seconds: Double) {
        let milliseconds = Int64(exactly: (seconds * 1_000).rounded())
        guard let milliseconds, Self.range ~= milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// Creates the first moment of a day, 00:00:00 UTC.
    public init(startOf day: Day) { self.init(seconds: Int64(day.number) * 86_400) }

    /// Creates the last second of a day, 23:59:59 UTC, which is the time of all its samples.
    public init(endOf day: Day) { self.init(seconds: Int64(day.number) * 86_400 + 86_399) }

    /// Seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { (milliseconds - (milliseconds % 1_000 + 1_000) % 1_000) / 1_000 }

    /// Orders by time, earlier first.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

    /// Returns the timestamp moved by `duration`, which is rounded towards zero to a millisecond.
    public func advanced(by duration: Duration) -> Self {
        let (sum, isOver) = milliseconds.addingReportingOverflow(duration.wholeMilliseconds)
        return isOver ? (duration < .zero ? .earliest : .latest) : Self(milliseconds: sum)
    }

    /// Returns the time since `other`; negative if `other` is later.
    public func since(_ other: Self) -> Duration {
        .milliseconds(milliseconds - other.milliseconds)
    }
}

extension Timestamp: LosslessStringConvertible, Codable {
    /// Parses RFC 3339 text, with or without fractions of a second, with any UTC offset.
    ///
    /// - Parameter text: For example `2026-11-22T06:00:00Z`.
    public init?(_ text: String) {
        var reader = RFC3339Reader(text)
        guard let day = reader.day(), reader.take("Tt"),
            let time = reader.time(), let fraction = reader.milliseconds(),
            let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = Int64(day.number) * 86_400 + Int64(time - offset)
        // An offset or a leap second can lead out of the first or the last year.
        let milliseconds = seconds * 1_000 + Int64(fraction)
        guard Self.range ~= milliseconds else { return nil }
        self.init(milliseconds: milliseconds)
    }

    /// RFC 3339 text in UTC, with a fraction only if it is not zero.
    public var description: String {
        let day = Day(containing: self)
        let second = seconds - Int64(day.number) * 86_400
        let time = [second / 3_600, second / 60 % 60, second % 60].map { padded($0, 2) }
        let rest = milliseconds - seconds * 1_000
        let fraction = rest == 0 ? "" : ".\(padded(rest, 3))"
        return "\(day)T\(time.joined(separator: ":"))\(fraction)Z"
    }

    /// Decodes RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "an RFC 3339 time such as 2026-11-22T06:00:00Z")
    }

    /// Encodes as RFC 3339 text in UTC.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}
