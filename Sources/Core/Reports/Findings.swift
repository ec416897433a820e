/// What was met in a report that stopped nothing, counted.
struct Findings: Sendable {
    /// The most unknown fields that are named; a report that has more is another kind of document.
    static let unknownCountMax = 20

    /// Entries of a breakdown that had the labels of another and were added to it.
    var repeatedEntries = 0
    /// Entries of a long breakdown that had the labels of another and came too late to be added.
    var lateEntries = 0
    /// Values that should be numbers and are not.
    var wrongTypes = 0
    /// How often each field was met that is neither in the catalogue nor documented.
    private(set) var unknown: [String: Int] = [:]

    /// Counts a field, by the place of its name.
    mutating func addUnknown(_ tape: borrowing Tape, _ field: Int) {
        let name = tape.withString(at: field) { String(copying: $0) }
        guard unknown[name] != nil || unknown.count < Self.unknownCountMax else { return }
        unknown[name, default: 0] += 1
    }

    /// Adds what was met in other files.
    mutating func merge(_ other: Findings) {
        repeatedEntries += other.repeatedEntries
        lateEntries += other.lateEntries
        wrongTypes += other.wrongTypes
        for (name, count) in other.unknown.sorted(by: { $0.key < $1.key })
        where unknown[name] != nil || unknown.count < Self.unknownCountMax {
            unknown[name, default: 0] += count
        }
    }

    /// One sentence for all unknown fields, or nil if there are none.
    ///
    /// Names are somebody else's text, so they are cut and cleaned.
    var unknownNote: String? {
        guard !unknown.isEmpty else { return nil }
        let names = unknown.sorted { $0.key < $1.key }.map { name, count in
            let clean = name.unicodeScalars.prefix(80).map { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar == "_" ? String(scalar) : "?"
            }
            return "\(clean.joined()) (\(count == 1 ? "once" : "\(count) times"))"
        }
        return "fields that this version does not know: \(names.joined(separator: ", "))"
    }
}
