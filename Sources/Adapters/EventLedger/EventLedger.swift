public import Ports
public import Domain

/// Where every event of a bus stands, for a bus that does its own bookkeeping.
///
/// A question (what would be lent, what would become of this) gives the items as they are to be; a
/// bus keeps them when it has made sure of them in its own way: at once in memory, behind a line of
/// a journal on a disk.
public struct EventLedger: Sendable {
    /// How one event stands.
    public struct Item: Codable, Sendable {
        /// The event.
        public let event: CloudEvent
        /// Which publication it was, a larger number than whatever was there before.
        ///
        /// Nil where a version that did not count wrote it down; such events come first, by id.
        public let published: Int?
        /// How often it was lent.
        public var attempts = 0
        /// When it may be lent next, the end of the lease while it is lent; nil when it is dead.
        public var due: Timestamp?
        /// Which loan may settle it; nil when none may.
        public var receipt: String?
        /// Why it waits or is dead.
        public var reason: String?

        fileprivate init(event: CloudEvent, published: Int?, due: Timestamp) {
            self.event = event
            self.published = published
            self.due = due
        }
    }

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

    private var items: [String: Item] = [:]
    private var publishedLast = 0
    // Those that are not dead, in order.
    private var line: [Place] = []

    /// Creates a ledger of no events.
    public init() {}

    /// How many events there are.
    public var count: Int { items.count }

    /// Those that are queued, oldest due first, then the dead, as they were published.
    public var inOrder: [Item] { line.compactMap { items[$0.id] } + dead(nil) }

    /// Writes down how an event stands, instead of whatever stood there of it.
    public mutating func keep(_ item: Item) {
        forget(item.event.id)
        items[item.event.id] = item
        publishedLast = max(publishedLast, item.published ?? 0)
        guard let place = Place(item) else { return }
        line.insert(place, at: index(of: place))
    }

    /// Strikes an event out.
    public mutating func forget(_ id: String) {
        guard let place = items.removeValue(forKey: id).flatMap(Place.init) else { return }
        line.remove(at: index(of: place))
    }

    /// What is new of some events; what is queued already stays as it is.
    public func publishing(_ events: [CloudEvent], at now: Timestamp) -> [Item] {
        var ids: Set<String> = []
        return events.filter { items[$0.id]?.due == nil && ids.insert($0.id).inserted }
            .enumerated().map { place, event in
                Item(event: event, published: publishedLast + 1 + place, due: now)
            }
    }

    /// Those that are due, oldest first, as they are when they are lent.
    ///
    /// - Parameters:
    ///   - countMax: How many at most.
    ///   - lease: For how long.
    ///   - now: When.
    ///   - receipt: Makes the name of a loan, another one each time.
    /// - Returns: The items, each with its loan.
    public func lending(
        _ countMax: Int, for lease: Duration, at now: Timestamp, receipt: () -> String
    ) -> [Item] {
        line.prefix(max(0, countMax)).prefix { $0.due <= now }.compactMap { items[$0.id] }
            .map { item in
                var item = item
                item.attempts += 1
                item.due = now.advanced(by: lease)
                item.receipt = receipt()
                return item
            }
    }

    /// What becomes of a lent event.
    ///
    /// - Parameters:
    ///   - delivery: Its loan.
    ///   - settlement: What its receiver says.
    ///   - now: When.
    /// - Returns: How it stands then; nil when it is to be forgotten.
    /// - Throws: `conflict` if it is no longer lent to this receiver.
    public func settling(
        _ delivery: EventDelivery, as settlement: Settlement, at now: Timestamp
    ) throws(Failure) -> Item? {
        let id = delivery.event.id
        guard var item = items[id], item.receipt == delivery.receipt else {
            throw Failure(.conflict, "\(id) is no longer lent to this receiver")
        }
        switch settlement {
        case .done: return nil
        case .retry(let wait, let reason):
            (item.due, item.receipt, item.reason) = (now.advanced(by: wait), nil, reason)
        case .dead(let reason):
            (item.due, item.receipt, item.reason) = (nil, nil, reason)
        case .extend(let lease):
            item.due = now.advanced(by: lease)
        }
        return item
    }

    /// Dead events, queued again; all of them unless there are `ids`.
    public func redriving(_ ids: Set<String>?, at now: Timestamp) -> [Item] {
        dead(ids).map { Item(event: $0.event, published: $0.published, due: now) }
    }

    private func dead(_ ids: Set<String>?) -> [Item] {
        items.values.filter { $0.due == nil && ids?.contains($0.event.id) ?? true }.sorted {
            ($0.published ?? 0, $0.event.id) < ($1.published ?? 0, $1.event.id)
        }
    }

    // Where a place is, or would be.
    private func index(of place: Place) -> Int {
        var (low, high) = (0, line.count)
        while low < high {
            let middle = (low + high) / 2
            if line[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension EventDelivery {
    /// A loan of an event; nil where it is not lent.
    public init?(_ item: EventLedger.Item) {
        guard let receipt = item.receipt else { return nil }
        self.init(event: item.event, receipt: receipt, attempt: item.attempts)
    }
}

extension QueuedEvent {
    /// How an event stands, for a person.
    public init(_ item: EventLedger.Item) {
        self.init(
            event: item.event, attempts: item.attempts, due: item.due, reason: item.reason)
    }
}
