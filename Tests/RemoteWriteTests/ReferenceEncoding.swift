import Domain

/// A simple encoding of write requests, written to be compared with the specification.
///
/// Sources: <https://prometheus.io/docs/specs/prw/remote_write_spec/> and
/// <https://protobuf.dev/programming-guides/encoding/>.
enum ReferenceEncoding {
    static func request(_ batch: SampleBatch, tags: [(String, String)] = []) -> [UInt8] {
        batch.samples.flatMap { sample -> [UInt8] in
            var labels = batch.labels(of: sample).map { ($0.label.description, $0.value) }
            labels += tags + [("__name__", sample.metric.metric.name)]
            return series(labels, sample.value, at: batch.scope.timestamp)
        }
    }

    /// One series of a request.
    static func series(
        _ labels: [(String, String)], _ value: Double, at time: Timestamp
    ) -> [UInt8] {
        let sorted = labels.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        let encoded = sorted.flatMap { name, value in
            field(1, field(1, Array(name.utf8)) + field(2, Array(value.utf8)))
        }
        let bits = (0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
        let time = varint(UInt64(time.milliseconds))
        return field(1, encoded + field(2, [1 << 3 | 1] + bits + [2 << 3 | 0] + time))
    }

    private static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        [number << 3 | 2] + varint(UInt64(bytes.count)) + bytes
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7F) | 0x80] + varint(value >> 7)
    }
}
