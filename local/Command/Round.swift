import Domain
import Host
import Lifecycle
import Ports
import Runner
import Synchronization
import Toolbox
import Worker

/// One round of work on the bus, watched: until nothing is due, a person interrupts, or both.
final class Round: Sendable {
    private let runtime: Runtime
    private let options: CommonOptions
    private let tick: SharedTick?
    private let entries = Mutex<[JournalEntry]>([])
    private let progress: ProgressDisplay
    private let stop: StopSign

    /// Prepares a round.
    ///
    /// - Parameters:
    ///   - tick: The tick that the round is for, if it is for one.
    ///   - stop: Raised when a person interrupts.
    init(
        _ runtime: Runtime, _ options: CommonOptions, for tick: SharedTick? = nil,
        isDetailed: Bool = true, stop: StopSign = StopSign()
    ) {
        self.stop = stop
        self.runtime = runtime
        self.options = options
        self.tick = tick
        progress = ProgressDisplay(isQuiet: options.quiet, isDetailed: isDetailed)
    }

    /// What came of the round so far.
    var report: TickReport { TickReport(entries.withLock { $0 }) }

    /// Whether a person interrupted the round.
    var isStopped: Bool { stop.isRaised }

    /// Says how much an interruption left undone, and how to go on.
    func sayWhatIsLeft() async {
        let queued = (try? await runtime.bus.queued()) ?? []
        let left = queued.count { $0.due != nil }
        let total = left + progress.doneCount
        Terminal.say(
            left == 0
                ? "Stopped. No event is left."
                : "Stopped: \(left.grouped) of \(total.grouped) events are left. "
                    + "Run the same command again to go on.")
    }

    /// Works until nothing is due.
    ///
    /// Events that a killed process had on loan are waited for: at most as long as a lease lasts.
    ///
    /// - Throws: What the bus throws.
    func work() async throws(Failure) {
        let stop = stop
        try await withStopSignals {
            stop.raise()
        } _: { () async throws(Failure) in
            try await work(until: stop)
        }
    }

    /// Publishes the tick, works until nothing is due, and waits for what other processes took.
    ///
    /// - Returns: What came of the whole tick, whoever did it.
    /// - Throws: What the bus or the store throws.
    func work(on tick: SharedTick) async throws(Failure) -> TickReport {
        try await tick.publish(on: runtime.bus)
        try await work()
        return try await tick.report(
            of: entries.withLock { $0 }, queued: runtime.bus.queued(),
            store: runtime.adapters.store,
            journal: Journal.entries(at: runtime.journalPath, last: Self.journalEntryCountMax))
    }

    /// Another process's run of the tick is among the newest entries of the journal.
    private static let journalEntryCountMax = 10_000
    /// How often the bus is looked at, a second apart, before another process is taken to be stuck.
    private static let lookCountMax = 3_600

    private func work(until stop: StopSign) async throws(Failure) {
        let dispatcher = dispatcher
        let lease = Dispatcher.Limits().lease
        var isSaid = options.quiet
        for _ in 0..<Self.lookCountMax {
            try await dispatcher.drain(until: stop)
            let now = runtime.adapters.clock.now()
            let queued = try await runtime.bus.queued()
            let lent =
                tick?.soon(queued, at: now, lease: lease)
                ?? queued.filter { event in
                    event.attempts > 0 && event.due.map { $0 <= now.advanced(by: lease) } ?? false
                }
            guard !lent.isEmpty, !stop.isRaised else { break }
            if !isSaid {
                isSaid = true
                progress.end()
                Terminal.say(
                    "Waiting for " + (lent.count == 1 ? "1 event" : "\(lent.count) events")
                        + " leased to another process, or to one that was killed.")
            }
            guard (try? await Task.sleep(for: .seconds(1))) != nil else { break }
        }
        progress.end()
    }

    /// Works until nothing is due, moving the clock instead of waiting.
    ///
    /// - Throws: What the bus throws.
    func work(jumping clock: any AdjustableClock, to horizon: Timestamp) async throws(Failure) {
        try await dispatcher.drain(
            through: horizon, on: runtime.bus, clock: clock, until: stop, jump: clock.set)
        progress.end()
    }

    private var dispatcher: Dispatcher {
        runtime.dispatcher(
            parallel: options.parallel,
            onFollowUps: { [tick] followUps, event in tick?.note(followUps, of: event) }
        ) { entry in
            self.entries.withLock { $0.append(entry) }
            self.progress.note(entry)
        }
    }
}
