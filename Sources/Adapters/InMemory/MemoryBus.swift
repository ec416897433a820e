import EventLedger
public import Domain
public import Ports
import Synchronization

/// A bus in memory: gone with its process, and otherwise like any other.
public final class MemoryBus: EventBus {
    private struct State {
        var ledger = EventLedger()
        var loanLast = 0
    }

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
            for item in state.ledger.publishing(events, at: now) { state.ledger.keep(item) }
        }
    }

    /// Lends events; see ``EventBus``.
    public func receive(
        _ countMax: Int, lease: Duration
    ) async throws(Failure) -> [EventDelivery] {
        let now = clock.now()
        return state.withLock { state in
            var last = state.loanLast
            let items = state.ledger.lending(countMax, for: lease, at: now) {
                last += 1
                return String(last)
            }
            state.loanLast = last
            for item in items { state.ledger.keep(item) }
            return items.compactMap(EventDelivery.init)
        }
    }

    /// Takes back a lent event; see ``EventBus``.
    public func settle(
        _ delivery: EventDelivery, as settlement: Settlement
    ) async throws(Failure) {
        let now = clock.now()
        try state.withLock { state throws(Failure) in
            if let item = try state.ledger.settling(delivery, as: settlement, at: now) {
                state.ledger.keep(item)
            } else {
                state.ledger.forget(delivery.event.id)
            }
        }
    }

    /// Lists what is kept: what is queued, oldest due first, then what is dead.
    public func queued() async throws(Failure) -> [QueuedEvent] {
        state.withLock { state in state.ledger.inOrder.map(QueuedEvent.init) }
    }

    /// Queues dead events again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) async throws(Failure) -> Int {
        let now = clock.now()
        return state.withLock { state in
            let items = state.ledger.redriving(ids, at: now)
            for item in items { state.ledger.keep(item) }
            return items.count
        }
    }
}
