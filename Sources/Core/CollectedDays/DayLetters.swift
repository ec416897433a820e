import Domain

/// One letter for each of some days in a row, such as `ff-fo`.
struct DayLetters {
    /// The letter of a day without a manifest, which is also that of days after the last letter.
    static let nothing = UInt8(ascii: "-")

    /// The first day.
    private(set) var since: Day
    private var letters: [UInt8]

    /// Reads letters.
    init(_ text: String, since: Day) {
        self.since = since
        letters = Array(text.utf8)
    }

    /// The letters.
    var text: String { String(decoding: letters, as: UTF8.self) }

    /// The newest day with another letter than ``nothing``.
    var newest: Day? {
        letters.lastIndex { $0 != Self.nothing }.map { since.advanced(by: $0) }
    }

    /// The letter of a day; nil before the first.
    subscript(day: Day) -> UInt8? {
        let offset = since.distance(to: day)
        guard offset >= 0 else { return nil }
        return offset < letters.count ? letters[offset] : Self.nothing
    }

    /// The days of a range that have letters, and these.
    func letters(in days: ClosedRange<Day>) -> [(day: Day, letter: UInt8)] {
        let first = max(0, since.distance(to: days.lowerBound))
        let end = min(letters.count, since.distance(to: days.upperBound) + 1)
        guard first < end else { return [] }
        return (first..<end).map { (since.advanced(by: $0), letters[$0]) }
    }

    /// All days, and their letters.
    var all: some Sequence<(day: Day, letter: UInt8)> {
        letters.enumerated().lazy.map { (since.advanced(by: $0.offset), $0.element) }
    }

    /// Forgets the days before another first one.
    mutating func drop(before first: Day) {
        guard since < first else { return }
        letters.removeFirst(min(letters.count, since.distance(to: first)))
        since = first
    }

    /// Begins with an earlier day; those in between have a letter that is given.
    mutating func begin(with day: Day, _ letter: UInt8) {
        guard day < since else { return }
        letters.insert(contentsOf: repeatElement(letter, count: day.distance(to: since)), at: 0)
        since = day
    }

    /// Sets the letter of a day, unless it is before the first.
    mutating func set(_ letter: UInt8, of day: Day) {
        let offset = since.distance(to: day)
        guard offset >= 0 else { return }
        let missing = offset + 1 - letters.count
        if missing > 0 { letters += repeatElement(Self.nothing, count: missing) }
        letters[offset] = letter
    }
}
