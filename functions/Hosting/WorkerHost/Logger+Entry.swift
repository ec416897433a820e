import Domain
import FunctionInterface
import Host
import Logging
import Ports
import Worker

extension Logger {
    /// Logs the outcome of an event in one line.
    func note(_ entry: JournalEntry) {
        var fields: Metadata = [
            "function": "\(entry.function.rawValue)", "event": "\(entry.event)",
            "attempt": "\(entry.attempt)", "verdict": "\(entry.verdict.rawValue)",
            "milliseconds": "\(entry.durationMilliseconds)",
        ]
        if let subject = entry.subject { fields["subject"] = "\(subject)" }
        if let retryAt = entry.retryAt { fields["retryAt"] = "\(retryAt)" }
        if let tick = entry.tick { fields["events"] = "\(tick.events)" }
        let outcomes = entry.outcomes
        if !outcomes.isEmpty { fields["outcomes"] = "\(outcomes)" }
        if let failure = entry.failure { fields["code"] = "\(failure.code.rawValue)" }
        let level: Level =
            switch entry.verdict {
            case .done: .info
            case .retry: .warning
            case .dead: .error
            }
        log(level: level, "\(entry.failure?.message ?? "handled")", metadata: fields)
        if let manifest = entry.manifest { log(manifest) }
    }
}

extension JournalEntry {
    /// The number of occurrences of each outcome, such as `not-ready 2, written 3`.
    fileprivate var outcomes: String {
        let words = manifest?.sources.values.map(\.outcome.rawValue) ?? []
        return Dictionary(grouping: words) { $0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
    }
}
