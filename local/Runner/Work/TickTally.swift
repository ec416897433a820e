public import Domain
import Synchronization
import Toolbox
public import Worker

/// Counts what becomes of the days of each tick, until every day had an attempt.
public final class TickTally: Sendable {
    private struct Count {
        let name: String
        let total: Int
        /// The ids of the events without an attempt.
        var open: Set<String>
        var failed = 0
        var retried = 0

        var text: String {
            let days = total == 1 ? "1 day" : "\(total.grouped) days"
            let failures = failed == 0 ? "" : ", \(failed.grouped) failed"
            let waits = retried == 1 ? "waits" : "wait"
            let rest = retried == 0 ? "" : "; \(retried.grouped) \(waits) for another attempt"
            return "daily tick \(name) finished: \((total - failed).grouped) of \(days) collected"
                + failures + rest
        }
    }

    /// Events that another process handles are never counted here, so old ticks are forgotten.
    private static let countMax = 20

    private let counts = Mutex<[Count]>([])

    /// Creates a tally without ticks.
    public init() {}

    /// Begins to count the events that a tick led to.
    public func begin(_ followUps: [CloudEvent], of tick: CloudEvent) {
        // A tick that was split leads to ticks, each of which counts its own days.
        let days = Set(followUps.filter { $0.type == .collect }.map(\.id))
        guard tick.type == .tick, !days.isEmpty else { return }
        let names = tick.namedIntegrations.joined(separator: ", ")
        let scope = names.isEmpty ? "" : " of \(names)"
        let name = "\(Timestamp(seconds: tick.time.seconds))\(scope)"
        let count = Count(name: name, total: days.count, open: days)
        counts.withLock { $0 = ($0 + [count]).suffix(Self.countMax) }
    }

    /// Counts an attempt that has ended.
    ///
    /// - Returns: A line for each tick whose last day this was.
    public func end(_ entry: JournalEntry) -> [String] {
        counts.withLock { counts in
            for place in counts.indices where counts[place].open.remove(entry.event) != nil {
                if entry.isFault { counts[place].failed += 1 }
                if entry.verdict == .retry { counts[place].retried += 1 }
            }
            let finished = counts.filter(\.open.isEmpty).map(\.text)
            counts.removeAll { $0.open.isEmpty }
            return finished
        }
    }
}
