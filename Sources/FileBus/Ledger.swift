import Domain

/// What the lines of the journal come to.
struct Ledger {
    /// A place in the line; ids decide between events that were not counted.
    private struct Place: Comparable {
        let due: Timestamp
        let published: Int
        let id: String

        init?(_ item: Item) {
            guard let due = item.due else { return nil }
            (self.due, published, id) = (due, item.published ?? 0, item.event.id)
        }

        static func < (lhs: Place, rhs: Place) -> Bool {
            (lhs.due, lhs.published, lhs.id) < (rhs.due, rhs.published, rhs.id)
        }
    }

    /// Every event that is kept, by id.
    private(set) var items: [String: Item] = [:]
    /// The last publication that was counted.
    private(set) var publishedLast = 0
    // Those that are not dead, in order.
    private var queue: [Place] = []

    /// Those that failed for good, as they were published.
    var dead: [Item] {
        items.values.filter { $0.due == nil }.sorted {
            ($0.published ?? 0, $0.event.id) < ($1.published ?? 0, $1.event.id)
        }
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
            publishedLast = max(publishedLast, item.published ?? 0)
            guard let place = Place(item) else { return }
            queue.insert(place, at: index(of: place))
        }
    }

    private mutating func forget(_ id: String) {
        guard let place = items.removeValue(forKey: id).flatMap(Place.init) else { return }
        queue.remove(at: index(of: place))
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
