public import Domain
public import Ports
import Synchronization

/// A sink that keeps the samples it accepts, and rejects or fails on demand.
///
/// Only a complete write counts. Writing a scope again replaces its samples.
public final class RecordingSink: MetricSink {
    /// One sample, unpacked.
    public struct Row: Hashable, Sendable {
        /// The metric's name.
        public let name: String
        /// The labels.
        public let labels: [Label: String]
        /// The value.
        public let value: Double
        /// The time of the sample.
        public let timestamp: Timestamp
    }

    /// How the sink responds to the samples of a scope.
    public enum Answer: Sendable {
        /// Accepts every sample.
        case take
        /// Accepts every sample except those that the function selects.
        case reject(reason: String, @Sendable (Row) -> Bool)
        /// Fails each batch.
        case fail(Failure)
    }

    private struct State {
        var answer: @Sendable (SampleScope) -> Answer
        var finished: [SampleScope] = []
        var rows: [SampleScope: [Row]] = [:]
        var reports: [CollectorReport] = []
        var reportFailure: Failure?
    }

    private let state: Mutex<State>

    /// Creates an empty sink that accepts everything, unless `answer` returns something else.
    public init(answer: @escaping @Sendable (SampleScope) -> Answer = { _ in .take }) {
        state = Mutex(State(answer: answer))
    }

    /// Changes the response to scopes that are written from now on.
    public func answer(_ answer: @escaping @Sendable (SampleScope) -> Answer) {
        state.withLock { $0.answer = answer }
    }

    /// The scope of each complete write, in order.
    ///
    /// A scope written twice occurs twice.
    public var writings: [SampleScope] { state.withLock { $0.finished } }

    /// The current samples of a scope, in the order they were written; empty if there are none.
    public func rows(of scope: SampleScope) -> [Row] { state.withLock { $0.rows[scope] ?? [] } }

    /// The samples of all scopes, in the order of the scopes' first write.
    public var rows: [Row] {
        state.withLock { state in
            var seen: Set<SampleScope> = []
            let scopes = state.finished.filter { seen.insert($0).inserted }
            return scopes.flatMap { state.rows[$0] ?? [] }
        }
    }

    /// The reports about the collector, in order.
    public var reports: [CollectorReport] { state.withLock { $0.reports } }

    /// Makes every report about the collector fail.
    public func failReports(_ failure: Failure?) {
        state.withLock { $0.reportFailure = failure }
    }

    /// Keeps samples about the collector; see ``MetricSink``.
    public func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        let failure = state.withLock { state in
            if state.reportFailure == nil { state.reports.append(report) }
            return state.reportFailure
        }
        if let failure { throw failure }
        return Delivery(accepted: report.samples.count)
    }

    /// Writes one source of one organization's day; see ``MetricSink``.
    public func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let answer = state.withLock { $0.answer(scope) }
        let writer = RecordingWriter(scope: scope, answer: answer)
        try await body(writer)
        if case .fail(let failure) = answer { throw failure }
        let (rows, rejected) = writer.counts
        state.withLock { state in
            state.finished.append(scope)
            state.rows[scope] = rows
        }
        guard case .reject(let reason, _) = answer, rejected > 0 else {
            return Delivery(accepted: rows.count)
        }
        return Delivery(accepted: rows.count, rejected: rejected, reasons: [reason])
    }
}

private final class RecordingWriter: SampleWriter {
    private struct State {
        var rows: [RecordingSink.Row] = []
        var rejected = 0
    }

    private let scope: SampleScope
    private let answer: RecordingSink.Answer
    private let state = Mutex(State())

    init(scope: SampleScope, answer: RecordingSink.Answer) {
        self.scope = scope
        self.answer = answer
    }

    var counts: (rows: [RecordingSink.Row], rejected: Int) {
        state.withLock { ($0.rows, $0.rejected) }
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        precondition(batch.scope == scope, "a batch of \(batch.scope) in a write of \(scope)")
        if case .fail(let failure) = answer { throw failure }
        let rows = batch.samples.map { sample in
            RecordingSink.Row(
                name: sample.metric.metric.name,
                labels: Dictionary(
                    uniqueKeysWithValues: batch.labels(of: sample).map { ($0.label, $0.value) }),
                value: sample.value, timestamp: scope.timestamp)
        }
        let accepted = rows.filter { row in
            if case .reject(_, let rejects) = answer { !rejects(row) } else { true }
        }
        state.withLock { state in
            state.rows += accepted
            state.rejected += rows.count - accepted.count
        }
    }
}
