public import Domain
package import DurableFiles
import EventLedger
public import Ports
import Toolbox

/// A bus in one folder, for any number of processes: a journal and the state that follows from it.
///
/// An operation takes the folder's lock, reads what other processes have written, decides, and
/// appends lines to the ``JournalFile``. Published and redriven events are flushed to the disk.
/// Leases and settlements are not: a power failure can undo them, and the event is then delivered
/// again, which every receiver handles anyway. A process that is killed undoes nothing.
///
/// A damaged line is moved to the subfolder `corrupt`, and the bus goes on. If an older line
/// describes the event, the event returns to that state. Otherwise it is lost, except for the file
/// in `corrupt`.
public actor FileBus: EventBus {
    private let clock: any WallClock
    private let executor = ThreadExecutor("file-bus")
    private var journal: JournalFile
    private var ledger = EventLedger()

    /// File operations block, so the actor has its own thread.
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens the bus in a folder, which is created unless it exists.
    ///
    /// - Parameter clock: Tells which events are due.
    /// - Throws: `misconfigured` or `unavailable` if the folder cannot be written to.
    public init(folder: String, clock: any WallClock) throws(Failure) {
        try self.init(folder: folder, clock: clock, steps: { _ in })
    }

    /// Opens a bus that calls `steps` before each change to the disk.
    package init(
        folder: String, clock: any WallClock, steps: @escaping DiskSteps
    ) throws(Failure) {
        journal = JournalFile(
            folder: try DurableFolder(folder, .ownerOnly("EVENT_BUS"), steps: steps))
        self.clock = clock
    }

    /// Publishes events; see ``EventBus``.
    public func publish(_ events: [CloudEvent]) throws(Failure) {
        try journal.transact(&ledger, isDurable: true) { ledger in
            ledger.publishing(events, at: clock.now()).map(JournalLine.current)
        }
    }

    /// Leases events; see ``EventBus``.
    public func receive(_ countMax: Int, lease: Duration) throws(Failure) -> [EventDelivery] {
        var leased: [EventLedger.Item] = []
        try journal.transact(&ledger) { ledger in
            leased = ledger.leasing(countMax, for: lease, at: clock.now()) {
                Hex.encode(UInt64.random(in: .min ... .max))
            }
            return leased.map(JournalLine.current)
        }
        return leased.compactMap(EventDelivery.init)
    }

    /// Settles a leased event; see ``EventBus``.
    public func settle(_ delivery: EventDelivery, as settlement: Settlement) throws(Failure) {
        try journal.transact(&ledger) { ledger throws(Failure) in
            let item = try ledger.settling(delivery, as: settlement, at: clock.now())
            return [item.map(JournalLine.current) ?? .removed(delivery.event.id)]
        }
    }

    /// Lists pending events in the order of delivery, then dead letters in the order of publishing.
    public func queued() throws(Failure) -> [QueuedEvent] {
        try journal.transact(&ledger) { _ in [] }
        return ledger.inOrder.map(QueuedEvent.init)
    }

    /// What was set aside; see ``EventBus``.
    public func damage() async throws(Failure) -> [String] {
        try journal.transact(&ledger) { _ in [] }
        return try journal.damage()
    }

    /// Queues dead letters again; see ``EventBus``.
    @discardableResult
    public func redrive(_ ids: Set<String>?) throws(Failure) -> Int {
        var count = 0
        try journal.transact(&ledger, isDurable: true) { ledger in
            let items = ledger.redriving(ids, at: clock.now())
            count = items.count
            return items.map(JournalLine.current)
        }
        return count
    }
}
