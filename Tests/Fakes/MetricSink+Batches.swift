public import Domain
public import Ports

extension MetricSink {
    /// Writes batches as all samples of a scope.
    @discardableResult
    public func write(
        _ batches: [SampleBatch], for scope: SampleScope
    ) async throws(Failure) -> Delivery {
        try await withWriter(for: scope) { writer throws(Failure) in
            for batch in batches { try await writer.write(batch) }
        }
    }

    /// Writes one batch as all samples of its scope.
    @discardableResult
    public func write(_ batch: SampleBatch) async throws(Failure) -> Delivery {
        try await write([batch], for: batch.scope)
    }
}
