import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Runner
import Synchronization
import Toolbox
import Worker

/// Shows progress: one line that updates itself on a terminal, a line per event elsewhere.
final class ProgressDisplay: Sendable {
    private struct State {
        var done = 0
        var failed = 0
        /// How many events there are, as far as the ticks have reported.
        var total = 0
        var isLineOpen = false
    }

    private let isQuiet: Bool
    private let isDetailed: Bool
    private let isLive: Bool
    /// Logs outcomes instead of printing them, where a program runs for long.
    private let logger: Logger?
    private let state = Mutex(State())

    /// Creates a display.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether to show nothing at all.
    ///   - isDetailed: Whether to print a line per successful event without a terminal; failed
    ///     events always have one.
    ///   - isLive: Whether standard error is a terminal.
    ///   - logger: Receives the outcomes instead; nil to print them.
    init(
        isQuiet: Bool, isDetailed: Bool = true, isLive: Bool = Terminal.isLive,
        logger: Logger? = nil
    ) {
        self.logger = logger
        self.isQuiet = isQuiet
        self.isDetailed = isDetailed
        self.isLive = isLive
    }

    /// Shows an attempt that has ended.
    func note(_ entry: JournalEntry) {
        if let logger { return logger.note(entry) }
        guard !isQuiet else { return }
        state.withLock { state in
            state.done += 1
            if entry.function == .onDailyTick {
                state.total += 1
                state.total += entry.tick?.events ?? 0
            }
            let place =
                (state.total >= state.done ? [state.done, state.total] : [state.done])
                .map(\.grouped).joined(separator: " of ")
            if entry.verdict != .done { state.failed += 1 }
            guard isLive else {
                guard isDetailed || entry.isFault else { return }
                return StandardError.write("\(Self.line(entry))  (\(place))\n")
            }
            // A fault stays on the screen; the line below it goes on.
            if isDetailed, entry.isFault {
                StandardError.write("\r\u{1B}[K\(Self.line(entry))\n")
            }
            let failed = state.failed == 0 ? "" : ", \(state.failed.grouped) failed"
            let about = entry.subject ?? entry.event
            // Back to the start of the line, and clear it: ECMA-48, 8.3.41.
            let line = Terminal.cut("\(place) events\(failed)  \(about)")
            StandardError.write("\r\u{1B}[K\(line)")
            state.isLineOpen = true
        }
    }

    /// Clears the line, so that something else can be printed.
    func end() {
        state.withLock { state in
            if state.isLineOpen { StandardError.write("\r\u{1B}[K") }
            state.isLineOpen = false
        }
    }

    /// The number of events done, for a message about what is left.
    var doneCount: Int { state.withLock(\.done) }

    private static func line(_ entry: JournalEntry) -> String {
        (entry.isFault ? "WARNING " : "") + "\(entry.text) (\(entry.durationMilliseconds) ms)"
    }
}
