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
    private let entries = Mutex<[JournalEntry]>([])
    private let progress: ProgressDisplay
    private let stop: StopSign

    /// Prepares a round.
    ///
    /// - Parameter stop: Raised when a person interrupts.
    init(
        _ runtime: Runtime, _ options: CommonOptions, isDetailed: Bool = true,
        stop: StopSign = StopSign()
    ) {
        self.stop = stop
        self.runtime = runtime
        self.options = options
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
                : "Stopped: \(left.separated) of \(total.separated) events are left. "
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

    private func work(until stop: StopSign) async throws(Failure) {
        let dispatcher = dispatcher
        let lease = Dispatcher.Limits().lease
        // A lease that is taken up again lasts as long as the first: a few rounds reach them all.
        for _ in 0..<10 {
            try await dispatcher.drain(until: stop)
            let now = runtime.adapters.clock.now()
            let lent = try await runtime.bus.queued().filter { event in
                event.attempts > 0 && event.reason == nil
                    && event.due.map { $0 <= now.advanced(by: lease) } ?? false
            }
            guard let due = lent.compactMap(\.due).max(), !stop.isRaised else { break }
            progress.end()
            if !options.quiet {
                Terminal.say(
                    "Waiting until \(due) for "
                        + (lent.count == 1 ? "1 event" : "\(lent.count) events")
                        + " leased to another process, or to one that was killed.")
            }
            let pause = min(max(due.since(now), .seconds(1)), lease)
            guard (try? await Task.sleep(for: pause)) != nil else { break }
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
        runtime.dispatcher(parallel: options.parallel) { entry in
            self.entries.withLock { $0.append(entry) }
            self.progress.note(entry)
        }
    }
}
