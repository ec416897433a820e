import Domain

/// The sum of the hashes of all samples, which does not depend on their order, because the files of
/// a report may be read in parallel.
///
/// It detects changes, not attacks: FNV-1a,
/// <http://www.isthe.com/chongo/tech/comp/fnv/>.
struct SampleDigest: CustomStringConvertible {
    /// The number of samples.
    private(set) var count = 0
    private var sum: UInt64 = 0

    /// Adds each sample of a batch.
    mutating func add(_ batch: SampleBatch) {
        count += batch.samples.count
        for sample in batch.samples {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            Self.add(Array(sample.metric.metric.name.utf8)[...], to: &hash)
            Self.add(batch.bytes(of: sample.head), to: &hash)
            Self.add(batch.bytes(of: sample.tail), to: &hash)
            hash = (hash ^ sample.value.bitPattern) &* 0x100_0000_01b3
            sum &+= hash
        }
    }

    /// Adds each sample about the collector.
    mutating func add(_ report: CollectorReport) {
        count += report.samples.count
        for sample in report.samples {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            Self.add(Array(sample.metric.name.utf8)[...], to: &hash)
            for label in sample.labels {
                Self.add(Array("\(label.name)=\(label.value),".utf8)[...], to: &hash)
            }
            hash = (hash ^ sample.value.bitPattern) &* 0x100_0000_01b3
            sum &+= hash
        }
    }

    var description: String { String(sum, radix: 16) }

    private static func add(_ bytes: ArraySlice<UInt8>, to hash: inout UInt64) {
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
}
