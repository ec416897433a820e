/// Fields by object and name, found from the bytes of a name without making a string of them.
///
/// The table holds some hundred names and is asked for each field of each record; it is an open
/// hash table that is never more than a quarter full.
struct FieldTable: Sendable {
    private struct Entry: Sendable {
        var node: Int
        var ends: FieldEnds
        // Where the name stands in `names`.
        var name: Range<Int>
        var action: Plan.Action
    }

    private var names: [UInt8] = []
    private var entries: [Entry] = []
    // Places in `entries`, or -1, by hash.
    private var slots = [Int16](repeating: -1, count: 8)

    /// Adds a field of the objects of a node; one that is there already keeps its action.
    mutating func add(_ name: String, in node: Int, _ action: Plan.Action) {
        guard self.action(name, in: node) == nil else { return }
        let start = names.count
        names.append(contentsOf: name.utf8)
        entries.append(
            Entry(
                node: node, ends: FieldEnds(name.utf8.span), name: start..<names.count,
                action: action))
        if entries.count * 4 > slots.count {
            slots = [Int16](repeating: -1, count: slots.count * 2)
            for place in entries.indices { insert(place) }
        } else {
            insert(entries.count - 1)
        }
    }

    /// The action of a field, or nil if the table does not have it.
    func action(_ name: String, in node: Int) -> Plan.Action? { action(name.utf8.span, in: node) }

    /// The action of a field, or nil if the table does not have it.
    func action(_ name: borrowing Span<UInt8>, in node: Int) -> Plan.Action? {
        let ends = FieldEnds(name)
        var slot = ends.hash(node) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if entries[place].node == node, entries[place].ends == ends,
                hasMiddle(of: name, entries[place].name)
            {
                return entries[place].action
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func insert(_ place: Int) {
        var slot = entries[place].ends.hash(entries[place].node) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int16(place)
    }

    /// Whether two names with the same ends are the same in between.
    private func hasMiddle(of name: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        let names = names.span
        for offset in stride(from: 8, to: name.count - 8, by: 8)
        where names.word(at: range.lowerBound + offset) != name.word(at: offset) {
            return false
        }
        return true
    }
}

/// A name's length and its first and last eight bytes, which is all of most names.
struct FieldEnds: Equatable, Sendable {
    private let count: Int
    private let first: UInt64
    private let last: UInt64

    @inline(__always)
    init(_ name: borrowing Span<UInt8>) {
        count = name.count
        if count >= 8 {
            first = name.word(at: 0)
            last = name.word(at: count - 8)
        } else {
            var bytes: UInt64 = 0
            for index in name.indices { bytes = bytes << 8 | UInt64(name[index]) }
            (first, last) = (bytes, 0)
        }
    }

    /// Spreads names over a table; the factor is that of Fibonacci hashing.
    @inline(__always)
    func hash(_ node: Int) -> Int {
        let mixed = (first ^ last &* 31) &+ UInt64(truncatingIfNeeded: node &* 8 &+ count)
        return Int(truncatingIfNeeded: (mixed &* 0x9E37_79B9_7F4A_7C15) >> 32)
    }
}

extension Span<UInt8> {
    /// Eight bytes as one number; there must be so many.
    @inline(__always)
    fileprivate func word(at offset: Int) -> UInt64 {
        // Any eight bytes are a number, and the bounds are checked.
        unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}
