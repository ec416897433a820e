import Domain

@testable import RemoteWrite

extension SeriesEncoder {
    /// Appends one series.
    ///
    /// Returns false if it cannot be sent.
    func append(_ sample: SampleBatch.Sample, to buffer: inout SeriesBuffer) -> Bool {
        var samples = [sample][...]
        let everything = SeriesBuffer.Bound(count: .max, byteCount: .max)
        return append(&samples, to: &buffer, upTo: everything).isEmpty
    }
}
