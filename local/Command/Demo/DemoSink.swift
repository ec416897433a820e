import Domain
import Ports
import Synchronization

/// A sink that counts the metrics and samples that another one has accepted.
final class DemoSink: MetricSink {
    /// What was accepted so far.
    struct Accepted: Sendable {
        /// The metrics of which every sample of a day was accepted.
        var metrics: Set<MetricID> = []
        /// The number of samples, repetitions included.
        var sampleCount = 0
        /// The number of samples that were rejected.
        var rejectedCount = 0
        var highlights = Highlights()
    }

    private let sink: any MetricSink
    private let state = Mutex(Accepted())

    /// Counts the samples on their way to `sink`.
    init(_ sink: any MetricSink) { self.sink = sink }

    var accepted: Accepted { state.withLock(\.self) }

    func withWriter(
        for scope: SampleScope, _ body: (any SampleWriter) async throws(Failure) -> Void
    ) async throws(Failure) -> Delivery {
        var written = Writer.Written()
        let delivery = try await sink.withWriter(for: scope) { writer throws(Failure) in
            let counter = Writer(writer)
            try await body(counter)
            written = counter.written.withLock(\.self)
        }
        state.withLock { state in
            state.sampleCount += delivery.accepted
            state.rejectedCount += delivery.rejected
            // Which ones were rejected is not known, so none of them counts.
            guard delivery.rejected == 0 else { return }
            state.metrics.formUnion(written.metrics)
            state.highlights.note(scope, written.sums)
        }
        return delivery
    }

    /// Passes on samples about the collector; they are not counted.
    func write(_ report: CollectorReport) async throws(Failure) -> Delivery {
        try await sink.write(report)
    }

    private final class Writer: SampleWriter {
        struct Written {
            var metrics: Set<MetricID> = []
            var sums: [MetricID: Double] = [:]
        }

        private let writer: any SampleWriter
        let written = Mutex(Written())

        init(_ writer: any SampleWriter) { self.writer = writer }

        func write(_ batch: SampleBatch) async throws(Failure) {
            written.withLock { written in
                for sample in batch.samples {
                    written.metrics.insert(sample.metric)
                    guard Highlights.metrics.contains(sample.metric) else { continue }
                    written.sums[sample.metric, default: 0] += sample.value
                }
            }
            try await writer.write(batch)
        }
    }
}
