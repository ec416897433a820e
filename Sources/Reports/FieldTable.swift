/// Fields by name, found from the bytes of a name without making a string of them.
///
/// A table holds a few dozen names and is asked for each field of each record; it is an open
/// hash table that is never more than a quarter full.
struct FieldTable: Sendable {
    private struct Entry: Sendable {
        // Where the name stands in `names`.
        var name: Range<Int>
        var action: Plan.Action
    }

    private var names: [UInt8] = []
    private var entries: [Entry] = []
    // Places in `entries`, or -1, by hash.
    private var slots = [Int16](repeating: -1, count: 8)

    /// Adds a field; one that is there already keeps its action.
    mutating func add(_ name: String, _ action: Plan.Action) {
        guard self.action(name) == nil else { return }
        let start = names.count
        names.append(contentsOf: name.utf8)
        entries.append(Entry(name: start..<names.count, action: action))
        if entries.count * 4 > slots.count {
            slots = [Int16](repeating: -1, count: slots.count * 2)
            for place in entries.indices { insert(place) }
        } else {
            insert(entries.count - 1)
        }
    }

    /// The action of a field, or nil if the table does not have it.
    func action(_ name: String) -> Plan.Action? { action(name.utf8.span) }

    /// The action of a field, or nil if the table does not have it.
    func action(_ name: borrowing Span<UInt8>) -> Plan.Action? {
        var slot = Self.hash(name, 0..<name.count) & (slots.count - 1)
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if isEqual(entry.name, name) { return entry.action }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ place: Int) {
        var slot = Self.hash(names.span, entries[place].name) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int16(place)
    }

    // Names differ in length and in their ends more than in their beginnings.
    private static func hash(_ bytes: borrowing Span<UInt8>, _ name: Range<Int>) -> Int {
        var hash = name.count
        for index in name.suffix(8) { hash = hash &* 31 &+ Int(bytes[index]) }
        if let first = name.first { hash = hash &* 31 &+ Int(bytes[first]) }
        return hash ^ (hash >> 7)
    }

    private func isEqual(_ range: Range<Int>, _ name: borrowing Span<UInt8>) -> Bool {
        guard range.count == name.count else { return false }
        let names = names.span
        for index in name.indices where names[range.lowerBound + index] != name[index] {
            return false
        }
        return true
    }
}
