#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A moment in real time, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Use it for what a person or another system will read; measure elapsed time with a `Clock` and
/// `Duration` instead, because real time may jump. In JSON it is RFC 3339 text in UTC.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the Unix epoch, UTC; negative before 1970.
    public let milliseconds: Int64

    /// Creates a moment from milliseconds since the Unix epoch, UTC.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Creates a moment from whole seconds since the Unix epoch, UTC.
    public init(seconds: Int64) { self.init(milliseconds: seconds * 1_000) }

    /// The first moment of `day`, UTC.
    public init(startOf day: Day) { self.init(seconds: Int64(day.number) * 86_400) }

    /// The last whole second of `day`, 23:59:59 UTC: where every sample of the day is stamped.
    public init(endOf day: Day) { self.init(seconds: Int64(day.number) * 86_400 + 86_399) }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { (milliseconds - (milliseconds % 1_000 + 1_000) % 1_000) / 1_000 }

    /// Orders by time, earlier first.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.milliseconds < rhs.milliseconds }

    /// Returns this moment moved by `duration`, rounded towards zero to a millisecond.
    public func advanced(by duration: Duration) -> Self {
        Self(milliseconds: milliseconds + duration.wholeMilliseconds)
    }

    /// Returns the time from `other` to this moment; negative if `other` is later.
    public func since(_ other: Self) -> Duration {
        .milliseconds(milliseconds - other.milliseconds)
    }
}

extension Timestamp: LosslessStringConvertible, Codable {
    /// Reads RFC 3339 text, with or without fractions of a second, in any offset.
    ///
    /// - Parameter text: For example `2026-11-22T06:00:00Z`; anything else gives nil.
    public init?(_ text: String) {
        var reader = RFC3339Reader(text)
        guard let day = reader.day(), reader.take("Tt"),
            let time = reader.time(), let fraction = reader.milliseconds(),
            let offset = reader.offset(), reader.isAtEnd
        else { return nil }
        let seconds = Int64(day.number) * 86_400 + Int64(time - offset)
        self.init(milliseconds: seconds * 1_000 + Int64(fraction))
    }

    /// RFC 3339 in UTC; fractions only when there are any.
    public var description: String {
        let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        let rest = milliseconds - seconds * 1_000
        guard rest != 0 else { return whole }
        // The formatter cuts binary fractions off instead of rounding them: it writes every second
        // millisecond as the one before.
        return "\(whole.dropLast()).\(String(1_000 + rest).dropFirst())Z"
    }

    /// Decodes RFC 3339 text.
    public init(from decoder: any Decoder) throws {
        self = try decodeText(from: decoder, as: "an RFC 3339 time such as 2026-11-22T06:00:00Z")
    }

    /// Encodes as RFC 3339 text in UTC.
    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }
}
