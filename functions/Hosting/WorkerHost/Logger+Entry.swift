import Toolbox
import Domain
import Host
import Logging
import Ports
import Worker

extension Logger {
    /// Says in one line what became of an event.
    func note(_ entry: JournalEntry) {
        var fields: Metadata = [
            "function": "\(entry.function.rawValue)", "event": "\(entry.event)",
            "attempt": "\(entry.attempt)", "verdict": "\(entry.verdict.rawValue)",
            "milliseconds": "\(entry.durationMilliseconds)",
        ]
        if let subject = entry.subject { fields["subject"] = "\(subject)" }
        if let retryAt = entry.retryAt { fields["retryAt"] = "\(retryAt)" }
        if case .integer(let count)? = entry.result?["events"] { fields["events"] = "\(count)" }
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
        if let manifest = entry.manifest { tell(manifest) }
    }
}

extension JournalEntry {
    /// What became of a day, if the event was about one.
    fileprivate var manifest: Manifest? {
        guard function == .onCollectOrg, let result else { return nil }
        return try? JSON.decode(Manifest.self, from: JSON.encode(result), at: event)
    }

    /// How often each outcome came up, such as `not-ready 2, written 3`.
    fileprivate var outcomes: String {
        guard case .object(let sources)? = result?["sources"] else { return "" }
        let words = sources.values.compactMap { $0["outcome"]?.text }
        return Dictionary(grouping: words) { $0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
    }
}
