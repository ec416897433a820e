import Domain
import Fakes
import FunctionInterface
import Logging
import Ports
import Runner
import Synchronization

/// A tick that fans out into units, and units that are collected: the smallest work that has all
/// the shapes of the real one.
final class CountingWork: Sendable {
    private struct State {
        var collected: [String: Int] = [:]
        var inWork = 0
        var inWorkMost = 0
        var failures: [Failure] = []
    }

    private let state = Mutex(State())
    let units: [String]
    private let meeting: Int

    /// Creates work.
    ///
    /// - Parameters:
    ///   - units: How many units the tick fans out into.
    ///   - meeting: How many must be in work at once before the first may end.
    init(units: Int, meeting: Int = 1) {
        self.units = (0..<units).map { "org\($0)" }
        self.meeting = meeting
    }

    static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    static let tick = CloudEvent(
        id: "tick/1", type: .tick, time: Timestamp(milliseconds: 0), data: .object([:]))

    /// How often each unit was collected.
    var collected: [String: Int] { state.withLock { $0.collected } }

    /// How many collections run now, and how many ran at once at most.
    var inWork: Int { state.withLock { $0.inWork } }
    var inWorkMost: Int { state.withLock { $0.inWorkMost } }

    /// The next collections fail like this, one after the other.
    func failNext(_ failures: [Failure]) { state.withLock { $0.failures += failures } }

    /// No collection fails any more.
    func recover() { state.withLock { $0.failures = [] } }

    func handle(_ event: CloudEvent) async -> Conclusion {
        await Conclusion.of(event.type.function) { () async throws(Failure) in
            try await output(of: event)
        }
    }

    private func output(of event: CloudEvent) async throws(Failure) -> FakeOutput {
        guard event.type == .collect else { return FakeOutput(followUps: fanOut()) }
        let unit = event.data["unit"]?.text ?? ""
        state.withLock { state in
            state.inWork += 1
            state.inWorkMost = max(state.inWorkMost, state.inWork)
        }
        for _ in 0..<100_000 where inWorkMost < meeting { await Task.yield() }
        let failure = state.withLock { state in
            state.inWork -= 1
            return state.failures.isEmpty ? nil : state.failures.removeFirst()
        }
        if let failure { throw failure }
        state.withLock { $0.collected[unit, default: 0] += 1 }
        return FakeOutput()
    }

    private func fanOut() -> [CloudEvent] {
        units.map { unit in
            CloudEvent(
                id: "collect/\(unit)", type: .collect, subject: "\(unit)/2026-11-21",
                time: Timestamp(milliseconds: 0), data: .object(["unit": .string(unit)]))
        }
    }
}

/// A list that tasks append to.
final class Log<Item: Sendable>: Sendable {
    private let list = Mutex<[Item]>([])

    var items: [Item] { list.withLock { $0 } }

    func append(_ item: Item) { list.withLock { $0.append(item) } }
}
