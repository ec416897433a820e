public import Domain
public import Ports

/// The state of every event of a bus that does its own bookkeeping.
///
/// An operation, such as ``leasing(_:for:at:receipt:)``, returns the items as they will be. The bus
/// stores them in its own way, in memory or on a disk, and then passes them to ``set(_:)``.
public struct EventLedger: Sendable {
    /// The state of one event.
    public struct Item: Codable, Sendable {
        /// The event.
        public let event: CloudEvent
        /// The number of the publication, larger than that of every earlier publication.
        ///
        /// Nil if the item was written by a version that did not count publications. Such events
        /// come first, by id.
        public let published: Int?
        /// How often the event was leased.
        public var attempts = 0
        /// When the event may be leased next: while it is leased, the end of the lease; nil for a
        /// dead letter.
        public var due: Timestamp?
        /// The receipt of the lease; nil if the event is not leased.
        public var receipt: String?
        /// Why the event is retried or dead.
        public var reason: String?

        fileprivate init(event: CloudEvent, published: Int?, due: Timestamp) {
            self.event = event
            self.published = published
            self.due = due
        }
    }

    /// A position in the queue.
    ///
    /// The id decides between events whose publications were not counted.
    private struct Position: Comparable {
        let due: Timestamp
        let published: Int
        let id: String

        init?(_ item: Item) {
            guard let due = item.due else { return nil }
            (self.due, published, id) = (due, item.published ?? 0, item.event.id)
        }

        static func < (lhs: Position, rhs: Position) -> Bool {
            (lhs.due, lhs.published, lhs.id) < (rhs.due, rhs.published, rhs.id)
        }
    }

    private var items: [String: Item] = [:]
    private var publishedLast = 0
    /// The events that are not dead letters, in order.
    private var queue: [Position] = []

    /// Creates an empty ledger.
    public init() {}

    /// The number of events.
    public var count: Int { items.count }

    /// Pending events in the order of delivery, then dead letters in the order of publishing.
    public var inOrder: [Item] { queue.compactMap { items[$0.id] } + deadLetters(nil) }

    /// Sets the state of an event.
    public mutating func set(_ item: Item) {
        remove(item.event.id)
        items[item.event.id] = item
        publishedLast = max(publishedLast, item.published ?? 0)
        guard let position = Position(item) else { return }
        queue.insert(position, at: index(of: position))
    }

    /// Removes an event.
    ///
    /// Does nothing if there is none with this id.
    public mutating func remove(_ id: String) {
        guard let position = items.removeValue(forKey: id).flatMap(Position.init) else { return }
        queue.remove(at: index(of: position))
    }

    /// Returns the items to set when events are published: none for an id that is already queued.
    public func publishing(_ events: [CloudEvent], at now: Timestamp) -> [Item] {
        var ids: Set<String> = []
        return events.filter { items[$0.id]?.due == nil && ids.insert($0.id).inserted }
            .enumerated().map { place, event in
                Item(event: event, published: publishedLast + 1 + place, due: now)
            }
    }

    /// Returns the items to set when due events are leased, oldest due first.
    ///
    /// - Parameters:
    ///   - countMax: The most items to return.
    ///   - receipt: Creates the receipt of a lease, a different one each time.
    public func leasing(
        _ countMax: Int, for lease: Duration, at now: Timestamp, receipt: () -> String
    ) -> [Item] {
        queue.prefix(max(0, countMax)).prefix { $0.due <= now }.compactMap { items[$0.id] }
            .map { item in
                var item = item
                item.attempts += 1
                item.due = now.advanced(by: lease)
                item.receipt = receipt()
                return item
            }
    }

    /// Returns the item to set when a leased event is settled; nil if the event is to be removed.
    ///
    /// - Throws: `conflict` if the delivery's lease expired and another receiver has the event.
    public func settling(
        _ delivery: EventDelivery, as settlement: Settlement, at now: Timestamp
    ) throws(Failure) -> Item? {
        let id = delivery.event.id
        guard var item = items[id], item.receipt == delivery.receipt else {
            throw Failure(.conflict, "the lease on \(id) has expired")
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

    /// Returns the items to set when events are redriven.
    ///
    /// - Parameter ids: The ids of dead letters and of events that wait for a retry; nil for all dead
    ///   letters.
    public func redriving(_ ids: Set<String>?, at now: Timestamp) -> [Item] {
        let waiting = (ids ?? []).compactMap { items[$0] }.filter { item in
            item.due != nil && item.receipt == nil && item.reason != nil
        }
        return (deadLetters(ids) + waiting).map {
            Item(event: $0.event, published: $0.published, due: now)
        }
    }

    private func deadLetters(_ ids: Set<String>?) -> [Item] {
        items.values.filter { $0.due == nil && ids?.contains($0.event.id) ?? true }.sorted {
            ($0.published ?? 0, $0.event.id) < ($1.published ?? 0, $1.event.id)
        }
    }

    /// The index of a position in the queue, or the index to insert it at.
    private func index(of position: Position) -> Int {
        var (low, high) = (0, queue.count)
        while low < high {
            let middle = (low + high) / 2
            if queue[middle] < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension EventDelivery {
    /// Creates a delivery of a leased event.
    ///
    /// Returns nil if the event is not leased.
    public init?(_ item: EventLedger.Item) {
        guard let receipt = item.receipt else { return nil }
        self.init(event: item.event, receipt: receipt, attempt: item.attempts)
    }
}

extension QueuedEvent {
    /// Describes the state of an event.
    public init(_ item: EventLedger.Item) {
        self.init(
            event: item.event, attempts: item.attempts, due: item.due, reason: item.reason)
    }
}
