import Domain

/// Turns the samples of one batch into the series of remote write 1.0.
///
///     TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
///     Label      { string name = 1; string value = 2; }
///     Sample     { double value = 1; int64 timestamp = 2; }
///
/// Labels have to come in the order of their names. `__name__` is before all others, because `_` is
/// before every small letter; blocks are sorted; and the tags' two names stand between `comment_type`
/// and `feature`, see ``TagLabels``. So a series is six runs of bytes that are all there already,
/// and encoding one is copying them.
///
/// Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>, "Protocol".
struct SeriesEncoder {
    /// A block's labels before and after the place of the tags.
    private struct Block {
        var before: Range<Int>
        var after: Range<Int>
        var isTooLong: Bool
    }

    private var labels: [UInt8] = []
    private var blocks: [Block] = []
    private let tags: [UInt8]
    /// What is before a sample's value and after it: both are the same for the whole batch.
    private let sample: (before: [UInt8], after: [UInt8])

    /// Encodes each block of `batch` once.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - tags: The tags of its scope, or nil if they are not sent.
    ///   - valueByteCountMax: The longest value of a label that the backend keeps.
    init(_ batch: SampleBatch, tags: TagLabels?, valueByteCountMax: Int?) {
        self.tags = tags?.bytes ?? []
        sample = Protobuf.sample(at: batch.scope.timestamp)
        for block in batch.blocks {
            let start = labels.count
            var middle = start
            var longest = 0
            batch.forEachLabel(of: block) { label, value in
                Protobuf.append(Self.names[Int(label.rawValue)], value, to: &labels)
                longest = max(longest, value.count)
                if label < TagLabels.next { middle = labels.count }
            }
            blocks.append(
                Block(
                    before: start..<middle, after: middle..<labels.count,
                    isTooLong: longest > valueByteCountMax ?? .max))
        }
    }

    /// Appends one series.
    ///
    /// - Parameters:
    ///   - sample: A sample of the batch.
    ///   - buffer: Where to append.
    /// - Returns: False if a label's value is longer than the backend keeps; then nothing is
    ///   appended.
    func append(_ sample: SampleBatch.Sample, to buffer: inout SeriesBuffer) -> Bool {
        let head = blocks[Int(sample.head.index)]
        let tail = blocks[Int(sample.tail.index)]
        guard !head.isTooLong, !tail.isTooLong else { return false }
        let name = Self.metrics[Int(sample.metric.index)]
        let length =
            name.count + head.before.count + tail.before.count + tags.count + head.after.count
            + tail.after.count + self.sample.before.count + 8 + self.sample.after.count
        buffer.append { bytes in
            Protobuf.append(Protobuf.series, length: length, to: &bytes)
            bytes += name
            // All labels of the tail are after those of the head, so one of the two parts between
            // which the other's would have to go is empty.
            bytes += labels[head.before]
            bytes += labels[tail.before]
            bytes += tags
            bytes += labels[head.after]
            bytes += labels[tail.after]
            bytes += self.sample.before
            Protobuf.append(Self.sendable(sample.value), to: &bytes)
            bytes += self.sample.after
        }
        return true
    }

    private static let names = Label.allCases.map { Array($0.description.utf8) }

    /// The label `__name__` of each metric.
    private static let metrics = Catalogue.metrics.map { metric in
        Protobuf.label("__name__", metric.name)
    }

    /// The value itself, unless it is the one NaN that would end the series.
    ///
    /// "Stale markers MUST be signalled by the special NaN value 0x7ff0000000000002. This value MUST
    /// NOT be used otherwise."
    private static func sendable(_ value: Double) -> Double {
        value.bitPattern == 0x7FF0_0000_0000_0002 ? .nan : value
    }
}
