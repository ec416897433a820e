import Domain

/// The blocks of breakdowns that the batch at hand has, by a fingerprint of their labels.
///
/// A thousand users have the same few hundred pairs of feature and model: so a block is written,
/// fingerprinted and encoded once a batch. And an entry that repeats the labels of another in its
/// list is found by the same look.
struct BlockTable: Sendable {
    /// A block, and where it was met last.
    struct Entry: Sendable {
        let key: UInt64
        let block: SampleBatch.BlockID
        /// Which list, as the mapper counts them.
        var list = 0
        /// Which row of that list.
        var row = 0
    }

    /// The entries, in the order they were added.
    private(set) var entries: [Entry] = []
    // Places in `entries`, or -1, by key; never more than half full.
    private var slots = [Int32](repeating: -1, count: 1_024)

    /// Finds the entry of a key, or nil if there is none.
    func place(of key: UInt64) -> Int? {
        let place = slots[slot(of: key)]
        return place < 0 ? nil : Int(place)
    }

    /// Adds an entry, whose key the table must not have.
    ///
    /// - Returns: Its place.
    mutating func add(_ key: UInt64, _ block: SampleBatch.BlockID) -> Int {
        if (entries.count + 1) * 2 > slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for place in entries.indices { slots[slot(of: entries[place].key)] = Int32(place) }
        }
        slots[slot(of: key)] = Int32(entries.count)
        entries.append(Entry(key: key, block: block))
        return entries.count - 1
    }

    /// Notes that the entry at `place` was met.
    mutating func note(_ place: Int, list: Int, row: Int) {
        entries[place].list = list
        entries[place].row = row
    }

    /// Forgets all, for the next batch.
    mutating func removeAll() {
        for slot in slots.indices { slots[slot] = -1 }
        entries.removeAll(keepingCapacity: true)
    }

    /// Where a key is or would go; keys are fingerprints, so their low bits are spread already.
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
        while slots[slot] >= 0, entries[Int(slots[slot])].key != key {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }
}
