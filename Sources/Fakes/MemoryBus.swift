public import Domain
public import Ports
import Synchronization

/// A bus in memory: the reference that the other adapters are held against.
public final class MemoryBus: EventBus {
    private let clock: any WallClock
    private let state = Mutex(State())

    /// Creates an empty bus.
    ///
    /// - Parameter clock: Says what is due.
    public init(clock: any WallClock) { self.clock = clock }

    /// Takes events; see ``EventBus``.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        let now = clock.now()
        state.withLock { state in
            for event in events where state.items[event.id]?.due == nil {
                state.publishedLast += 1
                state.keep(Item(event: event, published: state.publishedLast, due: now))
            }
        }
    }

    /// Lends events; see ``EventBus``.
    public func receive(
        _ countMax: Int, lease: Duration
    ) async throws(Failure) -> [EventDelivery] {
        let now = clock.now()
        return state.withLock { state in
            state.due(at: now, countMax: countMax).map { item in
                var item = item
                state.loanLast += 1
                item.attempts += 1
                item.due = now.advanced(by: lease)
                item.receipt = String(state.loanLast)
                state.keep(item)
                return EventDelivery(
                    event: item.event, receipt: String(state.loanLast), attempt: item.attempts)
            }
        }
    }

    /// Takes back a lent event; see ``EventBus``.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) {
        let now = clock.now()
        try state.withLock { state throws(Failure) in
            guard var item = state.items[delivery.event.id], item.receipt == delivery.receipt else {
                throw Failure(.conflict, "\(delivery.event.id) is no longer lent to this receiver")
            }
            switch settlement {
            case .done:
                state.forget(item.event.id)
                return
            case .retry(let wait, let reason):
                (item.due, item.receipt, item.reason) = (now.advanced(by: wait), nil, reason)
            case .dead(let reason):
                (item.due, item.receipt, item.reason) = (nil, nil, reason)
            case .extend(let lease):
                item.due = now.advanced(by: lease)
            }
            state.keep(item)
        }
    }

    /// Lists what is kept: what is queued, oldest due first, then what is dead.
    public func queued() async throws(Failure) -> [QueuedEvent] {
        state.withLock { state in
            let dead = state.items.values.filter { $0.due == nil }
                .sorted { $0.published < $1.published }
            return state.line.compactMap { state.items[$0.id]?.description }
                + dead.map(\.description)
        }
    }

    /// Queues dead events again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) async throws(Failure) -> Int {
        let now = clock.now()
        return state.withLock { state in
            let dead = state.items.values.filter { item in
                item.due == nil && ids?.contains(item.event.id) ?? true
            }
            for item in dead {
                state.keep(Item(event: item.event, published: item.published, due: now))
            }
            return dead.count
        }
    }
}

private struct Item {
    let event: CloudEvent
    // Which publication it was, counted from 1.
    let published: Int
    var attempts = 0
    // When it may be lent next, the end of the lease while it is lent; nil when it is dead.
    var due: Timestamp?
    // Which loan may settle it; nil when none may.
    var receipt: String?
    var reason: String?

    init(event: CloudEvent, published: Int, due: Timestamp) {
        self.event = event
        self.published = published
        self.due = due
    }

    var description: QueuedEvent {
        QueuedEvent(event: event, attempts: attempts, due: due, reason: reason)
    }
}

/// A place in the line.
private struct Place: Comparable {
    let due: Timestamp
    let published: Int
    let id: String

    init?(_ item: Item) {
        guard let due = item.due else { return nil }
        (self.due, published, id) = (due, item.published, item.event.id)
    }

    static func < (lhs: Place, rhs: Place) -> Bool {
        (lhs.due, lhs.published) < (rhs.due, rhs.published)
    }
}

private struct State {
    var items: [String: Item] = [:]
    // Whoever is not dead, in order.
    var line: [Place] = []
    var loanLast = 0
    var publishedLast = 0

    func due(at now: Timestamp, countMax: Int) -> [Item] {
        line.prefix(max(0, countMax)).prefix { $0.due <= now }.compactMap { items[$0.id] }
    }

    mutating func keep(_ item: Item) {
        forget(item.event.id)
        items[item.event.id] = item
        guard let place = Place(item) else { return }
        line.insert(place, at: index(of: place))
    }

    mutating func forget(_ id: String) {
        guard let place = items.removeValue(forKey: id).flatMap(Place.init) else { return }
        line.remove(at: index(of: place))
    }

    // Where a place stands, or would stand.
    private func index(of place: Place) -> Int {
        var (low, high) = (0, line.count)
        while low < high {
            let middle = (low + high) / 2
            if line[middle] < place { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
