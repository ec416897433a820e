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

    private static let (nothing, unknown) = (UInt8(ascii: "-"), UInt8(ascii: "?"))

    /// Creates a history that begins with a day and knows the days with a manifest, but not how they
    /// stand.
    public init(since: Day, daysWithManifest days: Set<Day> = []) {
        self.since = since
        let last = days.max() ?? since.advanced(by: -1)
        states = String(
            decoding: (0..<max(0, since.distance(to: last) + 1)).map { offset in
                days.contains(since.advanced(by: offset)) ? Self.unknown : Self.nothing
            }, as: UTF8.self)
    }

    /// What is known of each of some days, as far as they lie between ``since`` and the last manifest.
    public func entries(in days: ClosedRange<Day>) -> [(day: Day, entry: Entry)] {
        let letters = Array(states.utf8)
        let first = max(0, since.distance(to: days.lowerBound))
        let end = min(letters.count, since.distance(to: days.upperBound) + 1)
        guard first < end else { return [] }
        return (first..<end).map { (since.advanced(by: $0), Self.entry(letters[$0])) }
    }

    /// The newest day that may have a manifest; nil if there is none.
    var newest: Day? {
        states.utf8.enumerated().reversed().first { $0.element != Self.nothing }
            .map { since.advanced(by: $0.offset) }
    }

    /// What is known of a day.
    public subscript(day: Day) -> Entry {
        let offset = since.distance(to: day)
        guard offset >= 0 else { return .unknown }
        let letters = states.utf8
        guard offset < letters.count else { return .nothing }
        return Self.entry(letters[letters.index(letters.startIndex, offsetBy: offset)])
    }

    /// Notes how a day stands, nil if that is not known, and drops days that are too old.
    mutating func note(_ day: Day, _ state: DayState?, today: Day) {
        var letters = Array(states.utf8)
        let first = today.advanced(by: -Self.dayCountMax)
        if since < first {
            letters.removeFirst(min(letters.count, since.distance(to: first)))
            since = first
        }
        guard day >= first else {
            states = String(decoding: letters, as: UTF8.self)
            return
        }
        if day < since {
            letters.insert(
                contentsOf: repeatElement(Self.unknown, count: day.distance(to: since)), at: 0)
            since = day
        }
        let offset = since.distance(to: day)
        let missing = offset + 1 - letters.count
        if missing > 0 { letters += [UInt8](repeating: Self.nothing, count: missing) }
        letters[offset] = state.map(Self.letter) ?? Self.unknown
        states = String(decoding: letters, as: UTF8.self)
    }

    private static func letter(_ state: DayState) -> UInt8 {
        switch state {
        case .complete: UInt8(ascii: "g")
        case .waiting: UInt8(ascii: "w")
        case .faulty: UInt8(ascii: "b")
        }
    }

    private static func entry(_ letter: UInt8) -> Entry {
        if letter == nothing { return .nothing }
        // A letter of a newer version is not known either.
        return DayState.allCases.first { Self.letter($0) == letter }.map(Entry.state) ?? .unknown
    }
}
