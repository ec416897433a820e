import Domain
import FunctionInterface
import Host
public import Logging
import Ports

extension Logger {
    /// Logs the outcome of an event in one line, and the problems that began, last and ended.
    public func note(_ entry: JournalEntry) {
        var fields: Metadata = [
            "function": "\(entry.function.rawValue)", "event": "\(entry.event)",
            "verdict": "\(entry.verdict.rawValue)", "milliseconds": "\(entry.durationMilliseconds)",
        ]
        if entry.attempt > 1 { fields["attempt"] = "\(entry.attempt)" }
        if let retryAt = entry.retryAt { fields["retryAt"] = "\(retryAt)" }
        log(
            entry.result, entry.failure?.code, entry.failureText, entry.problems ?? .init(),
            failureLevel: entry.verdict == .dead ? .error : .warning, fields: fields)
    }
}

extension JournalEntry {
    /// The outcome in one line: what happened, why not, and what comes next.
    public var text: String {
        [result?.text, failureText].compactMap(\.self).joined(separator: "; ")
    }

    /// Why the attempt failed, and what becomes of the event; nil if it is handled.
    ///
    /// An event that is only unfinished has a result, which says why.
    var failureText: String? {
        let next: String
        switch verdict {
        case .done: return failure?.message
        case .retry: next = retryAt.map { "retry at \($0)" } ?? "will be retried"
        case .dead: next = "failed permanently"
        }
        guard let failure else { return next }
        let head = (subject ?? function.rawValue) + (verdict == .dead ? " " : " failed, ") + next
        return "\(head): \(failure.code.rawValue): \(failure.message)"
    }

    /// Whether a person should hear of it.
    public var isFault: Bool { verdict != .done || failure != nil || result?.isFault == true }
}
