public import Domain

/// What is known of the last days of one installation, in short: which of them have a
/// ``Manifest``, and whether that is final.
///
///     {"since":"2026-10-13","days":"ffff-ffffo"}     f final · o open · - nothing
///
/// It is derived from the manifests, so that a tick reads one entry and not one for each day. A day
/// is in here as open before its first manifest is written, and as final after its last: whatever
/// is interrupted, a day is read once too often, and never left out.
public struct KnownDays: Codable, Hashable, Sendable {
    /// How many days back it reaches: farther than ticks look, so that a late one finds all it asks.
    public static let dayCountMax = Manifest.openDayCountMax + 12

    /// The first day that it tells of; of those before, nothing is said.
    public private(set) var since: Day
    // A letter a day; what follows the last is nothing.
    private var days: String

    private static let (final, open, nothing) = (
        UInt8(ascii: "f"), UInt8(ascii: "o"), UInt8(ascii: "-")
    )

    /// Creates one that tells of the days up to `today`, and knows of none.
    public init(today: Day) {
        since = today.advanced(by: -Self.dayCountMax)
        days = ""
    }

    /// Whether each day that has a manifest is final.
    public var isFinal: [Day: Bool] {
        var known: [Day: Bool] = [:]
        for (offset, letter) in days.utf8.enumerated() where letter != Self.nothing {
            // What is not understood is open: its day is read again.
            known[since.advanced(by: offset)] = letter == Self.final
        }
        return known
    }

    /// Takes down what is known of a day, unless it is one of those before ``since``, and drops
    /// what is too old.
    public mutating func note(_ day: Day, isFinal: Bool, today: Day) {
        var letters = Array(days.utf8)
        let first = today.advanced(by: -Self.dayCountMax)
        if since < first {
            letters.removeFirst(min(letters.count, since.distance(to: first)))
            since = first
        }
        let offset = since.distance(to: day)
        if offset >= 0 {
            let missing = offset + 1 - letters.count
            if missing > 0 { letters += [UInt8](repeating: Self.nothing, count: missing) }
            letters[offset] = isFinal ? Self.final : Self.open
        }
        days = String(decoding: letters, as: UTF8.self)
    }
}
