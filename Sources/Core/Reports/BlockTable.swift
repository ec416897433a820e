import Domain

/// The blocks of the batch's breakdowns, by a fingerprint of their labels.
///
/// A thousand users share a few hundred pairs of feature and model, so a block is written,
/// fingerprinted and encoded once per batch. The same lookup finds an entry that repeats the labels
/// of another in its list.
struct BlockTable: Sendable {
    /// A block, and its last occurrence.
    struct Entry: Sendable {
        let key: UInt64
        let block: SampleBatch.BlockID
        /// The number of the list, as ``Breakdown`` counts them.
        var list = 0
        /// The row of that list.
        var row = 0
    }

    /// The entries, in the order they were added.
    private(set) var entries: [Entry] = []
    // Indices of `entries` or -1, by key; never more than half full.
    private var slots = [Int32](repeating: -1, count: 1_024)

    /// The index of a key's entry, or nil if there is none.
    func place(of key: UInt64) -> Int? {
        let place = slots[slot(of: key)]
        return place < 0 ? nil : Int(place)
    }

    /// Adds an entry with a new key.
    ///
    /// - Returns: Its index.
    mutating func add(_ key: UInt64, _ block: SampleBatch.BlockID) -> Int {
        if (entries.count + 1) * 2 > slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 2)
            for place in entries.indices { slots[slot(of: entries[place].key)] = Int32(place) }
        }
        slots[slot(of: key)] = Int32(entries.count)
        entries.append(Entry(key: key, block: block))
        return entries.count - 1
    }

    /// Records an occurrence of the entry at `place`.
    mutating func note(_ place: Int, list: Int, row: Int) {
        entries[place].list = list
        entries[place].row = row
    }

    /// Removes all entries, for the next batch.
    mutating func removeAll() {
        for slot in slots.indices { slots[slot] = -1 }
        entries.removeAll(keepingCapacity: true)
    }

    /// The slot of a key, taken or free; keys are fingerprints, so their low bits are well spread.
    private func slot(of key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: key) & (slots.count - 1)
        while slots[slot] >= 0, entries[Int(slots[slot])].key != key {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }
}
