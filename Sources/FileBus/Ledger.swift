import Domain

/// What the lines of the journal come to.
struct Ledger {
    /// A place in the line: of events that are due at once, ids decide, so that runs repeat.
    private struct Place: Comparable {
        let due: Timestamp
        let id: String

        static func < (lhs: Place, rhs: Place) -> Bool {
            lhs.due == rhs.due ? lhs.id < rhs.id : lhs.due < rhs.due
        }
    }

    /// Every event that is kept, by id.
    private(set) var items: [String: Item] = [:]
    // Those that are not dead, in order.
    private var queue: [Place] = []

    /// Those that failed for good, by id.
    var dead: [Item] {
        items.values.filter { $0.due == nil }.sorted { $0.event.id < $1.event.id }
    }

    /// Those that are queued, oldest due first, then the dead.
    var inOrder: [Item] { queue.compactMap { items[$0.id] } + dead }

    /// Those that may be lent, oldest due first.
    func due(at now: Timestamp, countMax: Int) -> [Item] {
        queue.prefix(max(0, countMax)).prefix { $0.due <= now }.compactMap { items[$0.id] }
    }

    /// Takes in one line, which makes those before it of the same event void.
    mutating func apply(_ line: Line) {
        switch line {
        case .forgotten(let id): forget(id)
        case .kept(let item):
            forget(item.event.id)
            items[item.event.id] = item
            guard let due = item.due else { return }
            let place = Place(due: due, id: item.event.id)
            queue.insert(place, at: index(of: place))
        }
    }

    private mutating func forget(_ id: String) {
        guard let due = items.removeValue(forKey: id)?.due else { return }
        queue.remove(at: index(of: Place(due: due, id: id)))
    }

    // Where a place is, or would be.
    private func index(of place: Place) -> Int {
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if queue[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
