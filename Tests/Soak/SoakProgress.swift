import Glibc
import Synchronization

/// What all worlds have come to so far.
final class SoakProgress: Sendable {
    private struct State {
        var tally = Tally()
        var next: UInt64
        var breaches: [String] = []
        var shown: ContinuousClock.Instant
    }

    private let wanted: Int
    private let interval: Int
    private let limit: Duration?
    private let began = ContinuousClock.now
    private let state: Mutex<State>

    init(wanted: Int, seed: UInt64, interval: Int, limit: Duration?) {
        self.wanted = wanted
        self.limit = limit
        self.interval = interval
        state = Mutex(State(next: seed, shown: .now))
    }

    var breaches: [String] { state.withLock { $0.breaches } }

    /// The seed of a world that broke a promise.
    var firstBroken: UInt64? {
        breaches.compactMap { sentence in
            UInt64(sentence.dropFirst("seed ".count).prefix { $0 != ":" })
        }.min()
    }

    /// The next world to play; nil if there are enough, or something is broken.
    func next() -> UInt64? {
        state.withLock { state in
            guard state.tally.days < wanted, state.breaches.isEmpty,
                limit.map({ began.duration(to: .now) < $0 }) ?? true
            else { return nil }
            defer { state.next += 1 }
            return state.next
        }
    }

    /// Adds a world that was played.
    func add(_ tally: Tally, _ breaches: [String]) {
        let line = state.withLock { state in
            state.tally += tally
            state.breaches += breaches
            guard state.shown.duration(to: .now) >= .seconds(interval) else {
                return nil as String?
            }
            state.shown = .now
            return self.line(state.tally)
        }
        for sentence in breaches.prefix(20) { print(sentence) }
        if let line { print(line) }
        // Whoever follows a file wants each line now.
        fflush(nil)
    }

    private func line(_ tally: Tally) -> String {
        let seconds = began.duration(to: .now) / .seconds(1)
        let rate = Double(tally.days) / max(seconds, 0.001)
        let classes = Dictionary(grouping: tally.faults) { $0.key.prefix { $0 != ":" } }
        let faults = classes.sorted { $0.key < $1.key }.map { name, faults in
            "\(name) \(faults.reduce(0) { $0 + $1.value })"
        }
        return """
            \(tally.days) organization-days in \(Int(seconds)) s, \(Int(rate)) a second; \
            faults: \(faults.joined(separator: ", "))
            """
    }

    /// What was played, as a table.
    var table: String {
        let tally = state.withLock { $0.tally }
        let seconds = began.duration(to: .now) / .seconds(1)
        let rows: [(String, Int)] =
            [
                ("organization-days", tally.days), ("closed, all samples compared", tally.closed),
                ("open for a report that never comes", tally.open),
                ("left open by who took the App away", tally.left),
                ("bills compared", tally.bills), ("samples compared", tally.compared),
                ("worlds", tally.worlds), ("ticks", tally.ticks),
                ("collections", tally.collections), ("requests to GitHub", tally.requests),
                ("samples written", tally.samples), ("retries", tally.retries),
                ("dead letters, all sent again", tally.deadLetters),
            ] + tally.faults.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { name, count in
            name + String(repeating: " ", count: width - name.count + 2) + "\(count)"
        }.joined(separator: "\n")
            + "\n\(Int(seconds)) s, \(Int(Double(tally.days) / max(seconds, 0.001))) organization-days a second, \(breaches.count) broken promises"
    }
}
