public import Domain
public import Ports
import Synchronization

/// A sink that keeps what it was sent, and refuses what it is told to.
///
/// Only a finished writing counts; a second one of a scope replaces the first.
public final class RecordingSink: MetricSink {
    /// One sample, unpacked.
    public struct Row: Hashable, Sendable {
        /// The metric's name.
        public let name: String
        /// The labels, in no order.
        public let labels: [Label: String]
        /// The value.
        public let value: Double
        /// The moment of the sample.
        public let timestamp: Timestamp
    }

    /// How the sink meets one writing.
    public enum Answer: Sendable {
        /// It takes every sample.
        case take
        /// It takes every sample but those, for this reason.
        case reject(reason: String, @Sendable (Row) -> Bool)
        /// It takes nothing; each batch fails this way.
        case fail(Failure)
    }

    private struct State {
        var answer: @Sendable (SampleScope) -> Answer
        var finished: [SampleScope] = []
        var rows: [SampleScope: [Row]] = [:]
    }

    private let state: Mutex<State>

    /// Creates an empty sink.
    ///
    /// - Parameter answer: How it meets a writing of a scope; it takes everything unless told.
    public init(answer: @escaping @Sendable (SampleScope) -> Answer = { _ in .take }) {
        state = Mutex(State(answer: answer))
    }

    /// Changes how the sink meets the writings that are opened from now on.
    public func answer(_ answer: @escaping @Sendable (SampleScope) -> Answer) {
        state.withLock { $0.answer = answer }
    }

    /// The scope of each finished writing, in order; one written twice is there twice.
    public var writings: [SampleScope] { state.withLock { $0.finished } }

    /// The samples that a scope has now, in the order they were written; empty if it was not.
    public func rows(of scope: SampleScope) -> [Row] { state.withLock { $0.rows[scope] ?? [] } }

    /// The samples of all scopes, each scope once, in the order of the scopes' first writing.
    public var rows: [Row] {
        state.withLock { state in
            var seen: Set<SampleScope> = []
            let scopes = state.finished.filter { seen.insert($0).inserted }
            return scopes.flatMap { state.rows[$0] ?? [] }
        }
    }

    /// Begins a writing.
    public func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter {
        let answer = state.withLock { $0.answer(scope) }
        return RecordingWriter(scope: scope, answer: answer, sink: self)
    }

    fileprivate func keep(_ rows: [Row], of scope: SampleScope) {
        state.withLock { state in
            state.finished.append(scope)
            state.rows[scope] = rows
        }
    }
}

private final class RecordingWriter: SampleWriter {
    private struct State {
        var rows: [RecordingSink.Row] = []
        var rejected = 0
    }

    private let scope: SampleScope
    private let answer: RecordingSink.Answer
    private let sink: RecordingSink
    private let state = Mutex(State())

    init(scope: SampleScope, answer: RecordingSink.Answer, sink: RecordingSink) {
        self.scope = scope
        self.answer = answer
        self.sink = sink
    }

    func write(_ batch: SampleBatch) async throws(Failure) {
        precondition(batch.scope == scope, "a batch of \(batch.scope) in a writing of \(scope)")
        if case .fail(let failure) = answer { throw failure }
        let rows = batch.samples.map { sample in
            RecordingSink.Row(
                name: sample.metric.metric.name,
                labels: Dictionary(
                    uniqueKeysWithValues: batch.labels(of: sample).map { ($0.label, $0.value) }),
                value: sample.value, timestamp: scope.timestamp)
        }
        let taken = rows.filter { row in
            if case .reject(_, let refuses) = answer { !refuses(row) } else { true }
        }
        state.withLock { state in
            state.rows += taken
            state.rejected += rows.count - taken.count
        }
    }

    func finish() async throws(Failure) -> Delivery {
        if case .fail(let failure) = answer { throw failure }
        let (rows, rejected) = state.withLock { ($0.rows, $0.rejected) }
        sink.keep(rows, of: scope)
        guard case .reject(let reason, _) = answer, rejected > 0 else {
            return Delivery(accepted: rows.count)
        }
        return Delivery(accepted: rows.count, rejected: rejected, reasons: [reason])
    }
}
