public import Domain
import EventLedger
public import Ports
import Synchronization

/// A bus in memory.
///
/// Its events end with the process; otherwise it is like any other bus.
public final class MemoryBus: EventBus {
    private struct State {
        var ledger = EventLedger()
        var leaseCount = 0
    }

    private let clock: any WallClock
    private let state = Mutex(State())

    /// Creates an empty bus.
    ///
    /// - Parameter clock: Tells which events are due.
    public init(clock: any WallClock) { self.clock = clock }

    /// Publishes events; see ``EventBus``.
    public func publish(_ events: [CloudEvent]) async throws(Failure) {
        let now = clock.now()
        state.withLock { state in
            for item in state.ledger.publishing(events, at: now) { state.ledger.set(item) }
        }
    }

    /// Leases events; see ``EventBus``.
    public func receive(
        _ countMax: Int, lease: Duration
    ) async throws(Failure) -> [EventDelivery] {
        let now = clock.now()
        return state.withLock { state in
            var count = state.leaseCount
            let items = state.ledger.leasing(countMax, for: lease, at: now) {
                count += 1
                return String(count)
            }
            state.leaseCount = count
            for item in items { state.ledger.set(item) }
            return items.compactMap(EventDelivery.init)
        }
    }

    /// Settles a leased event; see ``EventBus``.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) {
        let now = clock.now()
        try state.withLock { state throws(Failure) in
            if let item = try state.ledger.settling(delivery, as: settlement, at: now) {
                state.ledger.set(item)
            } else {
                state.ledger.remove(delivery.event.id)
            }
        }
    }

    /// Lists pending events in the order of delivery, then dead letters in the order of publishing.
    public func queued() async throws(Failure) -> [QueuedEvent] {
        state.withLock { state in state.ledger.inOrder.map(QueuedEvent.init) }
    }

    /// Queues dead letters again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) async throws(Failure) -> Int {
        let now = clock.now()
        return state.withLock { state in
            let items = state.ledger.redriving(ids, at: now)
            for item in items { state.ledger.set(item) }
            return items.count
        }
    }
}
