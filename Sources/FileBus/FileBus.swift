public import Domain
package import DurableFiles
public import Ports

/// A bus in one folder, for any number of processes at once: a journal, and what is read from it.
///
/// An operation takes the folder's one lock, reads what others have written meanwhile, decides, and
/// adds lines to the ``Journal``. Events are on the disk when they are published or driven again.
/// The rest is not flushed: what a power cut can undo is a lease or a settlement, and then the
/// event comes once more, which a receiver has to bear anyhow. A killed process undoes nothing.
///
/// A damaged line is put into the folder's `corrupt` and the rest goes on: either an older line
/// tells how its event stood, or the event is lost to everybody but the person who looks there.
public actor FileBus: EventBus {
    private let clock: any WallClock
    private let executor = FileExecutor("file-bus")
    private var journal: Journal
    private var ledger = Ledger()

    /// File work blocks, so it has a thread of its own.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the bus in a folder, and makes the folder if need be.
    ///
    /// - Parameters:
    ///   - folder: The folder's path.
    ///   - clock: Says what is due.
    /// - Throws: `misconfigured` or `unavailable`, naming the folder and what to do, if nothing can
    ///   be written there.
    public init(folder: String, clock: any WallClock) throws(Failure) {
        try self.init(folder: folder, clock: clock, steps: { _ in })
    }

    /// Opens a bus that tells `steps` of each change before it is made.
    package init(
        folder: String, clock: any WallClock, steps: @escaping DiskSteps
    ) throws(Failure) {
        journal = Journal(folder: try DurableFolder(folder, steps: steps))
        self.clock = clock
    }

    /// Takes events; see ``EventBus``.
    public func publish(_ events: [CloudEvent]) throws(Failure) {
        try journal.transact(&ledger, isDurable: true) { ledger in
            let now = clock.now()
            var ids: Set<String> = []
            return events.filter { ledger.items[$0.id]?.due == nil && ids.insert($0.id).inserted }
                .enumerated().map { place, event in
                    .kept(
                        Item(
                            event: event, published: ledger.publishedLast + 1 + place, due: now))
                }
        }
    }

    /// Lends events; see ``EventBus``.
    public func receive(_ countMax: Int, lease: Duration) throws(Failure) -> [EventDelivery] {
        var deliveries: [EventDelivery] = []
        try journal.transact(&ledger) { ledger in
            let now = clock.now()
            return ledger.due(at: now, countMax: countMax).map { item in
                var item = item
                let receipt = hexadecimal(.random(in: .min ... .max))
                item.attempts += 1
                item.due = now.advanced(by: lease)
                item.receipt = receipt
                deliveries.append(
                    EventDelivery(event: item.event, receipt: receipt, attempt: item.attempts))
                return .kept(item)
            }
        }
        return deliveries
    }

    /// Takes back a lent event; see ``EventBus``.
    public func settle(_ delivery: EventDelivery, as settlement: Settlement) throws(Failure) {
        try journal.transact(&ledger) { ledger throws(Failure) in
            let id = delivery.event.id
            guard let item = ledger.items[id], item.receipt == delivery.receipt else {
                throw Failure(.conflict, "\(id) is no longer lent to this receiver")
            }
            let settled = item.settled(as: settlement, at: clock.now())
            return [settled.map(Line.kept) ?? .forgotten(id)]
        }
    }

    /// Lists what is kept: what is queued, oldest due first, then what is dead.
    public func queued() throws(Failure) -> [QueuedEvent] {
        try journal.transact(&ledger) { _ in [] }
        return ledger.inOrder.map { item in
            QueuedEvent(
                event: item.event, attempts: item.attempts, due: item.due, reason: item.reason)
        }
    }

    /// Queues dead events again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) throws(Failure) -> Int {
        var count = 0
        try journal.transact(&ledger, isDurable: true) { ledger in
            let now = clock.now()
            let dead = ledger.dead.filter { ids?.contains($0.event.id) ?? true }
            count = dead.count
            return dead.map {
                .kept(Item(event: $0.event, published: $0.published, due: now))
            }
        }
        return count
    }
}
