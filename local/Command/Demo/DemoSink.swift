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

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        var metrics: Set<MetricID> = []
        let delivery = try await sink.withWriter(for: scope) { writer throws(Failure) in
            let counter = Writer(writer)
            try await body(counter)
            metrics = counter.metrics.withLock { $0 }
        }
        state.withLock { state in
            state.metrics.formUnion(metrics)
            state.samples += delivery.accepted
        }
        return delivery
    }

    private final class Writer: SampleWriter {
        private let writer: any SampleWriter
        let metrics = Mutex<Set<MetricID>>([])

        init(_ writer: any SampleWriter) { self.writer = writer }

        func write(_ batch: SampleBatch) async throws(Failure) {
            metrics.withLock { $0.formUnion(batch.samples.lazy.map(\.metric)) }
            try await writer.write(batch)
        }
    }
}
