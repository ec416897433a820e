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
        for (name, sink) in sinks {
            do throws(Failure) {
                branches.append(FanOutWriter.Branch(name, try await sink.open(scope)))
            } catch {
                branches.append(FanOutWriter.Branch(name, error))
            }
        }
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

    private let branches: [Branch]

    init(_ branches: [Branch]) { self.branches = branches }

    func write(_ batch: SampleBatch) async throws(Failure) {
        var failures: [(name: String, failure: Failure)] = []
        for branch in branches {
            let result = await branch.perform { writer throws(Failure) in
                try await writer.write(batch)
            }
            if case .failure(let failure) = result { failures.append((branch.name, failure)) }
        }
        // The others want the rest; without others there is no point in reading on.
        if failures.count == branches.count || failures.contains(where: \.failure.isFromCaller) {
            throw Self.summary(failures)
        }
    }

    func finish() async throws(Failure) -> Delivery {
        var failures: [(name: String, failure: Failure)] = []
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

    /// One failure for all of them: the first that a retry cannot cure, or else the first.
    private static func summary(_ failures: [(name: String, failure: Failure)]) -> Failure {
        let chosen = failures.first { $0.failure.retry == .never } ?? failures[0]
        return Failure(
            chosen.failure.code,
            failures.map { "\($0.name): \($0.failure.message)" }
                .joined(separator: "; "),
            delay: failures.compactMap(\.failure.delay).max())
    }
}

extension Failure {
    /// Whether it was the caller who gave up, and not the sink.
    fileprivate var isFromCaller: Bool { code == .cancelled }
}
