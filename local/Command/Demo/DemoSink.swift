import Domain
import Ports
import Synchronization

/// A sink that counts the metrics and samples that another one has accepted.
final class DemoSink: MetricSink {
    private let sink: any MetricSink
    private let state = Mutex<(metrics: Set<MetricID>, samples: Int)>(([], 0))

    /// Counts the samples on their way to `sink`.
    init(_ sink: any MetricSink) { self.sink = sink }

    /// The number of different metrics accepted.
    var metricCount: Int { state.withLock { $0.metrics.count } }

    /// The number of samples accepted, repetitions included.
    var sampleCount: Int { state.withLock { $0.samples } }

    func open(_ scope: SampleScope) async throws(Failure) -> any SampleWriter {
        Writer(try await sink.open(scope), self)
    }

    private final class Writer: SampleWriter {
        private let writer: any SampleWriter
        private let sink: DemoSink
        private let metrics = Mutex<Set<MetricID>>([])

        init(_ writer: any SampleWriter, _ sink: DemoSink) {
            self.writer = writer
            self.sink = sink
        }

        func write(_ batch: SampleBatch) async throws(Failure) {
            metrics.withLock { $0.formUnion(batch.samples.lazy.map(\.metric)) }
            try await writer.write(batch)
        }

        func finish() async throws(Failure) -> Delivery {
            let delivery = try await writer.finish()
            let metrics = metrics.withLock { $0 }
            sink.state.withLock { state in
                state.metrics.formUnion(metrics)
                state.samples += delivery.accepted
            }
            return delivery
        }
    }
}
