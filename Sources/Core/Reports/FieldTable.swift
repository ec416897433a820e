/// A table of fields by node and name, which finds a name from its bytes without making a string.
///
/// It holds about a hundred names and is asked for each field of each record. It is an open hash
/// table that is never more than a quarter full.
struct FieldTable: Sendable {
    private struct Entry: Sendable {
        var node: Int32
        var name: FieldName
        var action: MappingPlan.Action
    }

    private var entries: [Entry] = []
    // The complete names, for those longer than ``FieldName/byteCountMax``.
    private var names: [[UInt8]] = []
    // Indices of `entries` or -1, by hash.
    private var slots = [Int16](repeating: -1, count: 8)

    /// Adds a field to a node, unless the node has it already.
    mutating func add(_ name: String, in node: Int, _ action: MappingPlan.Action) {
        guard self.action(name, in: node) == nil else { return }
        entries.append(Entry(node: Int32(node), name: FieldName(name), action: action))
        names.append(Array(name.utf8))
        if entries.count * 4 > slots.count {
            slots = [Int16](repeating: -1, count: slots.count * 2)
            for place in entries.indices { insert(place) }
        } else {
            insert(entries.count - 1)
        }
    }

    /// The number of fields.
    var count: Int { entries.count }

    /// The action of a field, or nil if it is unknown.
    func action(_ name: String, in node: Int) -> MappingPlan.Action? {
        let place = place(of: FieldName(name), name.utf8.span, in: node)
        return place.map { action(at: $0) }
    }

    /// The action of the field at a place.
    @inline(__always)
    func action(at place: Int) -> MappingPlan.Action { entries[place].action }

    /// Finds a field.
    ///
    /// - Parameters:
    ///   - name: The field's name.
    ///   - text: The same name, complete.
    ///   - node: The node of its object.
    /// - Returns: Its place in the table, or nil if it is unknown.
    func place(
        of name: FieldName, _ text: borrowing Span<UInt8>, in node: Int
    ) -> Int? {
        var slot = name.hash(node) & (slots.count - 1)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if isPlace(place, of: name, text, in: node) { return place }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Whether a field is the one at a place, which may be any number.
    @inline(__always)
    func isPlace(
        _ place: Int, of name: FieldName, _ text: borrowing Span<UInt8>, in node: Int
    ) -> Bool {
        guard place < entries.count, entries[place].node == node, entries[place].name == name
        else { return false }
        return name.count <= FieldName.byteCountMax || isName(place, text)
    }

    private func isName(_ place: Int, _ text: borrowing Span<UInt8>) -> Bool {
        for index in text.indices where text[index] != names[place][index] { return false }
        return true
    }

    private mutating func insert(_ place: Int) {
        var slot = entries[place].name.hash(Int(entries[place].node)) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int16(place)
    }
}
