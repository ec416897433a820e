import Worker
import Domain
import Host
import Ports
import Runner
import Synchronization

/// Shows work as it is done: one living line on a terminal, a line for each event elsewhere.
final class ProgressDisplay: Sendable {
    private struct State {
        var done = 0
        var failed = 0
        /// How many events there are, as far as the ticks said.
        var total = 0
        var isLineOpen = false
    }

    private let isQuiet: Bool
    private let isDetailed: Bool
    private let isLive: Bool
    private let state = Mutex(State())

    /// Begins with nothing done.
    ///
    /// - Parameters:
    ///   - isQuiet: Whether nothing is shown at all.
    ///   - isDetailed: Whether each event has its line where there is no terminal.
    ///   - isLive: Whether there is a terminal.
    init(isQuiet: Bool, isDetailed: Bool = true, isLive: Bool = Terminal.isLive) {
        self.isQuiet = isQuiet
        self.isDetailed = isDetailed
        self.isLive = isLive
    }

    /// Shows an attempt that has ended.
    func note(_ entry: JournalEntry) {
        guard !isQuiet else { return }
        state.withLock { state in
            state.done += 1
            if entry.function == .onDailyTick {
                state.total += 1
                if case .integer(let count)? = entry.result?["events"] { state.total += Int(count) }
            }
            let place =
                state.total >= state.done ? "\(state.done) of \(state.total)" : "\(state.done)"
            if entry.verdict != .done { state.failed += 1 }
            guard isLive else {
                // What failed is always said.
                guard isDetailed || entry.verdict != .done else { return }
                return StandardError.write("\(Self.line(entry))  (\(place))\n")
            }
            let failed = state.failed == 0 ? "" : ", \(state.failed) failed"
            let about = entry.subject ?? entry.event
            // Back to the start of the line, and clear what stood there: ECMA-48, 8.3.41.
            StandardError.write("\r\u{1B}[K\(place) events\(failed)  \(about)")
            state.isLineOpen = true
        }
    }

    /// Takes the living line away, so that something else can be printed.
    func end() {
        state.withLock { state in
            if state.isLineOpen { StandardError.write("\r\u{1B}[K") }
            state.isLineOpen = false
        }
    }

    private static func line(_ entry: JournalEntry) -> String {
        let about = entry.subject ?? entry.event
        let outcome: String
        switch entry.verdict {
        case .done: outcome = "done"
        case .retry: outcome = "failed, tried again at \(entry.retryAt?.description ?? "once due")"
        case .dead: outcome = "failed for good"
        }
        let reason = entry.failure.map { ": \($0.code.rawValue): \($0.message)" } ?? ""
        return "\(entry.function.rawValue) \(about)  \(outcome)"
            + " in \(entry.durationMilliseconds) ms\(reason)"
    }
}
