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
    private(set) var wrongTypes = Tally()
    /// The number of occurrences of each field that is neither in the catalogue nor documented.
    private(set) var unknown: [String: Int] = [:]

    /// Counts an unknown field, given the place of its name on the tape.
    mutating func addUnknown(_ tape: borrowing Tape, _ field: Int) {
        let name = tape.withString(at: field) { String(copying: $0) }
        guard unknown[name] != nil || unknown.count < Self.unknownCountMax else { return }
        unknown[name, default: 0] += 1
    }

    /// Counts a value that is not of the documented type, given the place of its field's name on the
    /// tape; nil for an element of a list.
    mutating func addWrongType(_ tape: borrowing Tape, _ field: Int?) {
        wrongTypes.add(field.map { tape.withString(at: $0) { Self.shown(String(copying: $0)) } })
    }

    /// Adds the findings of other files.
    mutating func merge(_ other: Findings) {
        repeatedEntries += other.repeatedEntries
        longLabels += other.longLabels
        wrongTypes.merge(other.wrongTypes)
        for (name, count) in other.unknown.sorted(by: { $0.key < $1.key })
        where unknown[name] != nil || unknown.count < Self.unknownCountMax {
            unknown[name, default: 0] += count
        }
    }

    /// A note that names the unknown fields; nil if there are none.
    var unknownNote: String? {
        guard !unknown.isEmpty else { return nil }
        let names = unknown.sorted { $0.key < $1.key }.map { name, count in
            "\(Self.shown(name)) (\(count == 1 ? "1 time" : "\(count) times"))"
        }
        return "unknown \(names.count == 1 ? "field" : "fields"): \(names.joined(separator: ", "))"
    }

    /// The name of a field for people.
    ///
    /// Names come from outside, so long ones are cut and unusual characters replaced.
    private static func shown(_ name: String) -> String {
        guard !name.isEmpty else { return "a field without a name" }
        let clean = name.unicodeScalars.prefix(80).map { scalar in
            scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_"
                ? String(scalar) : "?"
        }
        let isCut = name.unicodeScalars.count > clean.count
        return "`\(clean.joined())\(isCut ? "…" : "")`"
    }
}
