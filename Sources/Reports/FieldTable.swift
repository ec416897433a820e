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

    /// The count of fields.
    var count: Int { entries.count }

    /// The action of a field, or nil if the table does not have it.
    func action(_ name: String, in node: Int) -> Plan.Action? {
        place(of: name.utf8.span, in: node).map { action(at: $0) }
    }

    /// The action of the field at a place.
    func action(at place: Int) -> Plan.Action { entries[place].action }

    /// Finds a field.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - node: The node of its object.
    ///   - guess: Where it probably is; any place will do.
    /// - Returns: Its place, or nil if the table does not have it.
    @inline(__always)
    func place(of name: borrowing Span<UInt8>, in node: Int, guess: Int = 0) -> Int? {
        let ends = FieldEnds(name)
        return isPlace(guess, of: name, ends, node) ? guess : search(name, ends, node)
    }

    private func search(
        _ name: borrowing Span<UInt8>, _ ends: FieldEnds, _ node: Int
    ) -> Int? {
        var slot = ends.hash(node) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if isPlace(place, of: name, ends, node) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    @inline(__always)
    private func isPlace(
        _ place: Int, of name: borrowing Span<UInt8>, _ ends: FieldEnds, _ node: Int
    ) -> Bool {
        place < entries.count && entries[place].node == node && entries[place].ends == ends
            && hasMiddle(of: name, entries[place].name)
    }

    private mutating func insert(_ place: Int) {
        var slot = entries[place].ends.hash(entries[place].node) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int16(place)
    }

    /// Whether two names with the same ends are the same in between.
    private func hasMiddle(of name: borrowing Span<UInt8>, _ range: Range<Int>) -> Bool {
        let names = names.span
        var offset = 8
        while offset < name.count - 8 {
            guard names.word(at: range.lowerBound + offset) == name.word(at: offset) else {
                return false
            }
            offset += 8
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
