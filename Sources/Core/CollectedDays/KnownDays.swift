public import Domain

/// A summary of an installation's latest days: which have a ``Manifest``, and which are final.
///
///     {"since": "2026-10-13", "days": "ffff-ffffo", "history": {"since": "2026-04-01", "states": "gg…w"}}
///
/// `days` has one letter per day: `f` final · `o` open · `-` no manifest. It is derived from the
/// manifests, so that a tick reads one entry instead of one per day. A day is marked as open before its
/// first manifest is written, and as final after its last. An interruption can therefore cause a day to
/// be read once too often, but never to be skipped.
public struct KnownDays: Codable, Hashable, Sendable {
    /// The number of days in a summary: more than ticks look back, so that a late tick finds them all.
    public static let dayCountMax = Manifest.openDayCountMax + 12

    /// The first day of the summary.
    ///
    /// Nothing is known about earlier days.
    public private(set) var since: Day
    // One letter per day. Days after the last letter have no manifest.
    private var days: String
    /// How the days stand, for pages; nil if a version that did not keep it wrote the summary.
    public private(set) var history: DayHistory?

    private static let (final, open) = (UInt8(ascii: "f"), UInt8(ascii: "o"))

    private var letters: DayLetters { DayLetters(days, since: since) }

    /// Creates a summary without manifests that ends with `today`.
    public init(today: Day) {
        since = today.advanced(by: -Self.dayCountMax)
        days = ""
        history = DayHistory(since: since)
    }

    /// The days that have a manifest, and whether each is final.
    public var isFinal: [Day: Bool] {
        var known: [Day: Bool] = [:]
        for (day, letter) in letters.all where letter != DayLetters.nothing {
            // A day with an unknown letter is open, so that it is read again.
            known[day] = letter == Self.final
        }
        return known
    }

    /// The newest day that has a manifest; nil if none is known.
    public var newest: Day? { letters.newest ?? history?.newest }

    /// Marks a day as final or open, unless it is before ``since``, and drops days that are too old.
    ///
    /// - Parameter state: How the day stands; nil if that is not known.
    public mutating func note(
        _ day: Day, isFinal: Bool, state: DayState? = nil, today: Day
    ) {
        var history = history ?? DayHistory(since: since, daysWithManifest: Set(self.isFinal.keys))
        history.note(day, state, today: today)
        self.history = history

        var letters = letters
        letters.drop(before: today.advanced(by: -Self.dayCountMax))
        letters.set(isFinal ? Self.final : Self.open, of: day)
        (since, days) = (letters.since, letters.text)
    }
}
