public import Ports
public import Domain
import Synchronization

/// Several sinks that are each given everything.
///
/// A sink that fails gets no more, and the others still get all: a backend that is down does not
/// keep a file from being written. The writing as a whole then fails, so all of it comes again.
public struct FanOutSink: MetricSink {
    private let sinks: [(name: String, sink: any MetricSink)]

    /// Creates a sink that writes to each of `sinks`, in this order.
    ///
    /// - Parameter sinks: At least one, each with the name a person knows it by.
    public init(_ sinks: [(name: String, sink: any MetricSink)]) {
        precondition(!sinks.isEmpty, "no sink to write to")
        self.sinks = sinks
    }

    /// Begins a writing on every sink; see ``MetricSink``.
    public func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter {
        var branches: [FanOutWriter.Branch] = []
        var failures: [FanOutWriter.NamedFailure] = []
        for (name, sink) in sinks {
            do throws(Failure) {
                branches.append(FanOutWriter.Branch(name, try await sink.open(scope)))
            } catch {
                branches.append(FanOutWriter.Branch(name, error))
                failures.append((name, error))
            }
        }
        try FanOutWriter.check(failures, of: branches.count)
        return FanOutWriter(branches)
    }
}

private final class FanOutWriter: SampleWriter {
    /// One sink's writer, or why it gets no more.
    final class Branch: Sendable {
        let name: String
        private let state: Mutex<Result<any SampleWriter, Failure>>

        init(_ name: String, _ writer: any SampleWriter) {
            self.name = name
            state = Mutex(.success(writer))
        }

        init(_ name: String, _ failure: Failure) {
            self.name = name
            state = Mutex(.failure(failure))
        }

        /// Asks the writer for something, unless it has failed before.
        func perform<Value: Sendable>(
            _ step: (any SampleWriter) async throws(Failure) -> Value
        ) async -> Result<Value, Failure> {
            do throws(Failure) {
                return .success(try await step(try state.withLock { $0 }.get()))
            } catch {
                let failure = error
                state.withLock { $0 = .failure(failure) }
                return .failure(failure)
            }
        }
    }

    typealias NamedFailure = (name: String, failure: Failure)

    private let branches: [Branch]

    init(_ branches: [Branch]) { self.branches = branches }

    func write(_ batch: SampleBatch) async throws(Failure) {
        var failures: [NamedFailure] = []
        for branch in branches {
            let result = await branch.perform { writer throws(Failure) in
                try await writer.write(batch)
            }
            if case .failure(let failure) = result { failures.append((branch.name, failure)) }
        }
        try Self.check(failures, of: branches.count)
    }

    func finish() async throws(Failure) -> Delivery {
        var failures: [NamedFailure] = []
        var deliveries: [(name: String, delivery: Delivery)] = []
        for branch in branches {
            let result = await branch.perform { writer throws(Failure) in
                try await writer.finish()
            }
            switch result {
            case .success(let delivery): deliveries.append((branch.name, delivery))
            case .failure(let failure): failures.append((branch.name, failure))
            }
        }
        guard failures.isEmpty else { throw Self.summary(failures) }
        return Delivery(
            accepted: deliveries.map(\.delivery.accepted).min() ?? 0,
            rejected: deliveries.map(\.delivery.rejected).max() ?? 0,
            reasons: deliveries.flatMap { name, delivery in
                delivery.reasons.map { "\(name): \($0)" }
            })
    }

    /// Throws if there is nobody left to write for: all have failed, or the caller has given up.
    static func check(_ failures: [NamedFailure], of count: Int) throws(Failure) {
        if failures.count == count || failures.contains(where: { $0.failure.code == .cancelled }) {
            throw summary(failures)
        }
    }

    /// One failure for all: with the code of the first that a retry cannot cure, or else the first.
    private static func summary(_ failures: [NamedFailure]) -> Failure {
        let chosen = failures.first { $0.failure.retry == .never } ?? failures[0]
        return Failure(
            chosen.failure.code,
            failures.map { "\($0.name): \($0.failure.message)" }.joined(separator: "; "),
            delay: failures.compactMap(\.failure.delay).max())
    }
}
