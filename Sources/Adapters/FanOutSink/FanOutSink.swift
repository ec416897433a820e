public import Domain
public import Ports
import Synchronization

/// Writes all samples to each of several sinks.
///
/// A sink that fails gets no more samples, but the others still get all of them: a backend that is
/// down does not keep a file from being written. The write then fails as a whole, so that all
/// samples are written again.
public struct FanOutSink: MetricSink {
    private let sinks: [(name: String, sink: any MetricSink)]

    /// Creates a sink that writes to each of `sinks`, in this order.
    ///
    /// - Parameter sinks: At least one sink, each with the name that messages call it by.
    public init(_ sinks: [(name: String, sink: any MetricSink)]) {
        precondition(!sinks.isEmpty, "no sink to write to")
        self.sinks = sinks
    }

    /// Writes one source of one organization's day to every sink; see ``MetricSink``.
    public func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        let writer = FanOutWriter(sinks.map { FanOutWriter.Branch($0.name, $0.sink) })
        try await open(writer.branches[...], of: writer, for: scope, body)
        return try writer.delivery()
    }

    /// Writes samples about the collector to every sink; see ``MetricSink``.
    public func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        let writer = FanOutWriter(sinks.map { FanOutWriter.Branch($0.name, $0.sink) })
        for branch in writer.branches {
            do throws(Failure) {
                branch.state = .finished(try await branch.sink.write(report))
            } catch {
                branch.state = .failed(error)
            }
        }
        return try writer.delivery()
    }

    /// Opens the sinks of `branches`, each within the one before, and runs `body` within all of
    /// them.
    ///
    /// - Throws: What `body` throws. A branch keeps the failure of its sink.
    private func open(
        _ branches: ArraySlice<FanOutWriter.Branch>, of writer: FanOutWriter,
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) {
        guard let branch = branches.first else {
            try writer.check()
            return try await body(writer)
        }
        var isOpen = false
        var bodyFailure: Failure?
        do throws(Failure) {
            let delivery = try await branch.sink.withWriter(for: scope) {
                branchWriter throws(Failure) in
                isOpen = true
                branch.state = .open(branchWriter)
                do throws(Failure) {
                    try await open(branches.dropFirst(), of: writer, for: scope, body)
                } catch {
                    bodyFailure = error
                    throw error
                }
                // A sink that failed must not finish.
                if let failure = branch.failure { throw failure }
            }
            branch.state = .finished(delivery)
        } catch {
            branch.state = .failed(error)
        }
        if let bodyFailure { throw bodyFailure }
        if !isOpen { try await open(branches.dropFirst(), of: writer, for: scope, body) }
    }
}

/// Passes each batch to the writers of several sinks.
private final class FanOutWriter: SampleWriter {
    /// One of the sinks, and how far its part is.
    final class Branch: Sendable {
        enum State {
            case closed
            case open(any SampleWriter)
            case failed(Failure)
            case finished(Delivery)
        }

        let name: String
        let sink: any MetricSink
        private let mutex = Mutex(State.closed)

        init(_ name: String, _ sink: any MetricSink) {
            self.name = name
            self.sink = sink
        }

        var state: State {
            get { mutex.withLock { $0 } }
            set { mutex.withLock { $0 = newValue } }
        }

        var failure: Failure? { if case .failed(let failure) = state { failure } else { nil } }

        func write(_ batch: SampleBatch) async {
            guard case .open(let writer) = state else { return }
            do throws(Failure) {
                try await writer.write(batch)
            } catch {
                state = .failed(error)
            }
        }
    }

    /// In the order of the sinks.
    let branches: [Branch]

    init(_ branches: [Branch]) { self.branches = branches }

    func write(_ batch: SampleBatch) async throws(Failure) {
        for branch in branches { await branch.write(batch) }
        try check()
    }

    /// Throws if all branches failed, or if one failed because the task is cancelled.
    func check() throws(Failure) {
        let failures = branches.compactMap(\.failure)
        if failures.count == branches.count || failures.contains(where: { $0.code == .cancelled }) {
            throw summary
        }
    }

    /// The deliveries of all branches as one.
    ///
    /// - Throws: The failures as one, if a branch failed.
    func delivery() throws(Failure) -> Delivery {
        guard branches.allSatisfy({ $0.failure == nil }) else { throw summary }
        var deliveries: [(name: String, delivery: Delivery)] = []
        for branch in branches {
            if case .finished(let delivery) = branch.state {
                deliveries.append((branch.name, delivery))
            }
        }
        return Delivery(
            accepted: deliveries.map(\.delivery.accepted).min() ?? 0,
            rejected: deliveries.map(\.delivery.rejected).max() ?? 0,
            reasons: deliveries.flatMap { name, delivery in
                delivery.reasons.map { "\(name): \($0)" }
            })
    }

    /// All failures as one, with the code of the first one that a retry cannot cure, or else of the
    /// first one.
    private var summary: Failure {
        let failures = branches.compactMap { branch in
            branch.failure.map { (name: branch.name, failure: $0) }
        }
        let chosen = failures.first { $0.failure.retry == .never } ?? failures[0]
        return Failure(
            chosen.failure.code,
            failures.map { "\($0.name): \($0.failure.message)" }.joined(separator: "; "),
            delay: failures.compactMap(\.failure.delay).max())
    }
}
