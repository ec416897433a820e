import JSONTape

/// Counts of oddities in a report that did not stop its reading.
struct Findings: Sendable {
    /// The most unknown fields to name; a report with more is another kind of document.
    static let unknownCountMax = 20

    /// Entries of a breakdown that had the same labels as another and were added to it.
    var repeatedEntries = 0
    /// Entries of a breakdown with a label that is too long, which were skipped.
    var longLabels = 0
    /// Values that should be numbers and are not.
    var wrongTypes = 0
    /// The number of occurrences of each field that is neither in the catalogue nor documented.
    private(set) var unknown: [String: Int] = [:]

    /// Counts an unknown field, given the place of its name on the tape.
    mutating func addUnknown(_ tape: borrowing Tape, _ field: Int) {
        let name = tape.withString(at: field) { String(copying: $0) }
        guard unknown[name] != nil || unknown.count < Self.unknownCountMax else { return }
        unknown[name, default: 0] += 1
    }

    /// Adds the findings of other files.
    mutating func merge(_ other: Findings) {
        repeatedEntries += other.repeatedEntries
        longLabels += other.longLabels
        wrongTypes += other.wrongTypes
        for (name, count) in other.unknown.sorted(by: { $0.key < $1.key })
        where unknown[name] != nil || unknown.count < Self.unknownCountMax {
            unknown[name, default: 0] += count
        }
    }

    /// A note that names the unknown fields; nil if there are none.
    ///
    /// The names come from outside, so long ones are cut and unusual characters replaced.
    var unknownNote: String? {
        guard !unknown.isEmpty else { return nil }
        let names = unknown.sorted { $0.key < $1.key }.map { name, count in
            let clean = name.unicodeScalars.prefix(80).map { scalar in
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                    || scalar == "_" ? String(scalar) : "?"
            }
            let isCut = name.unicodeScalars.count > clean.count
            let shown =
                name.isEmpty ? "a field without a name" : "`\(clean.joined())\(isCut ? "…" : "")`"
            return "\(shown) (\(count == 1 ? "1 time" : "\(count) times"))"
        }
        return "unknown \(names.count == 1 ? "field" : "fields"): \(names.joined(separator: ", "))"
    }
}
