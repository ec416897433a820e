import EventLedger
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
    private var ledger = EventLedger()

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
            ledger.publishing(events, at: clock.now()).map(Line.kept)
        }
    }

    /// Lends events; see ``EventBus``.
    public func receive(_ countMax: Int, lease: Duration) throws(Failure) -> [EventDelivery] {
        var lent: [EventLedger.Item] = []
        try journal.transact(&ledger) { ledger in
            lent = ledger.lending(countMax, for: lease, at: clock.now()) {
                hexadecimal(.random(in: .min ... .max))
            }
            return lent.map(Line.kept)
        }
        return lent.compactMap(EventDelivery.init)
    }

    /// Takes back a lent event; see ``EventBus``.
    public func settle(_ delivery: EventDelivery, as settlement: Settlement) throws(Failure) {
        try journal.transact(&ledger) { ledger throws(Failure) in
            let settled = try ledger.settling(delivery, as: settlement, at: clock.now())
            return [settled.map(Line.kept) ?? .forgotten(delivery.event.id)]
        }
    }

    /// Lists what is kept: what is queued, oldest due first, then what is dead.
    public func queued() throws(Failure) -> [QueuedEvent] {
        try journal.transact(&ledger) { _ in [] }
        return ledger.inOrder.map(QueuedEvent.init)
    }

    /// Queues dead events again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) throws(Failure) -> Int {
        var count = 0
        try journal.transact(&ledger, isDurable: true) { ledger in
            let items = ledger.redriving(ids, at: clock.now())
            count = items.count
            return items.map(Line.kept)
        }
        return count
    }
}
