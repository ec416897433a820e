public import Domain

/// How the days of an installation stand, as far back as manifests are kept.
///
///     {"since": "2026-04-01", "states": "ggg-ggbgw"}
///
/// One letter per day: `g` complete · `w` waiting for GitHub · `b` needs a person · `-` no manifest ·
/// `?` not known, so the manifest tells. It is derived from the manifests, so that a page about a
/// thousand organizations reads one entry of each.
public struct DayHistory: Codable, Hashable, Sendable {
    /// What is known of one day.
    public enum Entry: Hashable, Sendable {
        /// There is no manifest.
        case nothing
        /// There may be a manifest, which has to be read.
        case unknown
        /// There is a manifest.
        case state(DayState)
    }

    /// The number of days that are kept: as long as manifests live.
    public static let dayCountMax = 400

    /// The first day; earlier ones are ``Entry/unknown``.
    public private(set) var since: Day
    // One letter per day. Days after the last letter have no manifest.
    private var states: String

    private static let unknown = UInt8(ascii: "?")

    private var letters: DayLetters {
        get { DayLetters(states, since: since) }
        set { (since, states) = (newValue.since, newValue.text) }
    }

    /// Creates a history that begins with a day and knows the days with a manifest, but not how they
    /// stand.
    public init(since: Day, daysWithManifest days: Set<Day> = []) {
        (self.since, states) = (since, "")
        var letters = letters
        for day in days { letters.set(Self.unknown, of: day) }
        self.letters = letters
    }

    /// What is known of each of some days, as far as they lie between ``since`` and the last manifest.
    public func entries(in days: ClosedRange<Day>) -> [(day: Day, entry: Entry)] {
        letters.letters(in: days).map { ($0.day, Self.entry($0.letter)) }
    }

    /// The newest day that may have a manifest; nil if there is none.
    var newest: Day? { letters.newest }

    /// What is known of a day.
    public subscript(day: Day) -> Entry { letters[day].map(Self.entry) ?? .unknown }

    /// Notes how a day stands, nil if that is not known, and drops days that are too old.
    mutating func note(_ day: Day, _ state: DayState?, today: Day) {
        let first = today.advanced(by: -Self.dayCountMax)
        var letters = letters
        letters.drop(before: first)
        if day >= first {
            letters.begin(with: day, Self.unknown)
            letters.set(state.map(Self.letter) ?? Self.unknown, of: day)
        }
        self.letters = letters
    }

    private static func letter(_ state: DayState) -> UInt8 {
        switch state {
        case .complete: UInt8(ascii: "g")
        case .waiting: UInt8(ascii: "w")
        case .faulty: UInt8(ascii: "b")
        }
    }

    private static func entry(_ letter: UInt8) -> Entry {
        if letter == DayLetters.nothing { return .nothing }
        // A letter of a newer version is not known either.
        return DayState.allCases.first { Self.letter($0) == letter }.map(Entry.state) ?? .unknown
    }
}
