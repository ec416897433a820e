import Domain

/// Turns the samples of one batch into the series of remote write 1.0.
///
///     TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
///     Label      { string name = 1; string value = 2; }
///     Sample     { double value = 1; int64 timestamp = 2; }
///
/// Labels have to come in the order of their names. `__name__` is before all others, because `_` is
/// before every small letter; blocks are sorted; and the tags' two names stand between `comment_type`
/// and `feature`, see ``TagLabels``. So a series is runs of bytes that are all there already, and
/// encoding one is copying them. Samples with the same blocks follow each other in a batch: all but
/// name and value of their series is put together once.
///
/// Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>, "Protocol".
struct SeriesEncoder {
    /// A block's labels before and after the place of the tags.
    private struct Block {
        var before: Range<Int>
        var after: Range<Int>
        var isTooLong: Bool
    }

    /// Every run that a series is made of, one after another.
    private var runs: [UInt8]
    private var blocks: [Block] = []
    /// Where the label `__name__` of each metric stands.
    private let names: [Range<Int>]
    private let tags: Range<Int>
    /// What is before a sample's value and after it: both are the same for the whole batch.
    private let beforeValue: Range<Int>
    private let afterValue: Range<Int>

    /// Encodes each block of `batch` once.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - tags: The tags of its scope, or nil if they are not sent.
    ///   - valueByteCountMax: The longest value of a label that the backend keeps.
    init(_ batch: SampleBatch, tags: TagLabels?, valueByteCountMax: Int?) {
        let sample = Protobuf.sample(at: batch.scope.timestamp)
        runs = Self.metrics.runs
        names = Self.metrics.names
        self.tags = Self.append(tags?.bytes ?? [], to: &runs)
        beforeValue = Self.append(sample.before, to: &runs)
        afterValue = Self.append(sample.after, to: &runs)
        for block in batch.blocks {
            let start = runs.count
            var middle = start
            var longest = 0
            batch.forEachLabel(of: block) { label, value in
                Protobuf.append(Self.names[Int(label.rawValue)], value, to: &runs)
                longest = max(longest, value.count)
                if label < TagLabels.next { middle = runs.count }
            }
            blocks.append(
                Block(
                    before: start..<middle, after: middle..<runs.count,
                    isTooLong: longest > valueByteCountMax ?? .max))
        }
    }

    /// Appends series until there are enough.
    ///
    /// - Parameters:
    ///   - samples: Samples of the batch; those that were appended are taken out, and those that
    ///     cannot be sent.
    ///   - buffer: Where to append.
    ///   - bound: How much is enough.
    /// - Returns: The samples of which a label's value is longer than the backend keeps.
    func append(
        _ samples: inout ArraySlice<SampleBatch.Sample>, to buffer: inout SeriesBuffer,
        upTo bound: SeriesBuffer.Bound
    ) -> [SampleBatch.Sample] {
        var refused: [SampleBatch.Sample] = []
        var shared: [UInt8] = []
        while let first = samples.first, !buffer.isFull(bound) {
            let alike = samples.prefix(bound.count - buffer.count).prefix {
                $0.head == first.head && $0.tail == first.tail
            }
            samples = samples.dropFirst(alike.count)
            let head = blocks[Int(first.head.index)]
            let tail = blocks[Int(first.tail.index)]
            if head.isTooLong || tail.isTooLong {
                refused += alike
            } else {
                share(head, tail, in: &shared)
                append(alike, shared.span, to: &buffer)
            }
        }
        return refused
    }

    /// Puts together what the series of two blocks have between name and value.
    private func share(_ head: Block, _ tail: Block, in shared: inout [UInt8]) {
        // All labels of the tail are after those of the head, so one of the two parts between
        // which the other's would have to go is empty.
        let parts = [head.before, tail.before, tags, head.after, tail.after, beforeValue]
        shared.removeAll(keepingCapacity: true)
        for part in parts { shared += runs[part] }
    }

    /// Appends the series of samples that have the same blocks.
    private func append(
        _ samples: ArraySlice<SampleBatch.Sample>, _ shared: borrowing Span<UInt8>,
        to buffer: inout SeriesBuffer
    ) {
        let restByteCount = shared.count + 8 + afterValue.count
        let runs = runs.span
        for sample in samples {
            let name = names[Int(sample.metric.index)]
            buffer.append(byteCount: name.count + restByteCount) { series in
                series.append(runs.extracting(name))
                series.append(shared)
                series.append(Self.sendable(sample.value).bitPattern)
                series.append(runs.extracting(afterValue))
            }
        }
    }

    private static func append(_ run: [UInt8], to runs: inout [UInt8]) -> Range<Int> {
        runs += run
        return runs.count - run.count..<runs.count
    }

    private static let names = Label.allCases.map { Array($0.description.utf8) }

    /// The label `__name__` of each metric.
    private static let metrics = Catalogue.metrics.reduce(
        into: (runs: [] as [UInt8], names: [] as [Range<Int>])
    ) { metrics, metric in
        metrics.names.append(append(Protobuf.label("__name__", metric.name), to: &metrics.runs))
    }

    /// The value itself, unless it is the one NaN that would end the series.
    ///
    /// "Stale markers MUST be signalled by the special NaN value 0x7ff0000000000002. This value MUST
    /// NOT be used otherwise."
    private static func sendable(_ value: Double) -> Double {
        value.bitPattern == 0x7FF0_0000_0000_0002 ? .nan : value
    }
}

extension OutputSpan<UInt8> {
    /// Copies a run of bytes.
    @inline(__always)
    fileprivate mutating func append(_ run: borrowing Span<UInt8>) {
        precondition(run.count <= freeCapacity, "a series is longer than it was said to be")
        // Both pointers are lent for the copy, for which there is room.
        unsafe run.withUnsafeBytes { source in
            unsafe withUnsafeMutableBufferPointer { target, count in
                let free = unsafe UnsafeMutableBufferPointer(rebasing: target[count...])
                unsafe UnsafeMutableRawBufferPointer(free).copyMemory(from: source)
                count += source.count
            }
        }
    }

    /// Appends eight bytes, the least significant first.
    @inline(__always)
    fileprivate mutating func append(_ word: UInt64) {
        for shift in 0..<8 as Range<UInt64> {
            append(UInt8(truncatingIfNeeded: word >> (8 * shift)))
        }
    }
}
