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
struct SeriesEncoder: ~Copyable {
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
    /// A sample, the same for the whole batch but for eight bytes: its value, at an offset.
    private let sample: Range<Int>
    private let valueOffset: Int

    /// Encodes each block of `batch` once.
    ///
    /// - Parameters:
    ///   - batch: The batch.
    ///   - tags: The tags of its scope, or nil if they are not sent.
    ///   - valueByteCountMax: The longest value of a label that the backend keeps.
    init(_ batch: SampleBatch, tags: TagLabels?, valueByteCountMax: Int?) {
        let sample = Protobuf.sample(at: batch.scope.timestamp)
        runs = []
        // A guess at how long the labels of a block are.
        runs.reserveCapacity(Self.metrics.runs.count + batch.blockCount * 128)
        runs += Self.metrics.runs
        blocks.reserveCapacity(batch.blockCount)
        names = Self.metrics.names
        self.tags = Self.append(tags?.bytes ?? [], to: &runs)
        valueOffset = sample.before.count
        self.sample = Self.append(
            sample.before + [UInt8](repeating: 0, count: 8) + sample.after, to: &runs)
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
        var rest: [UInt8] = []
        while let first = samples.first, !buffer.isFull(bound) {
            let most = samples.startIndex + min(bound.count - buffer.count, samples.count)
            var end = samples.startIndex + 1
            while end < most, samples[end].head == first.head, samples[end].tail == first.tail {
                end += 1
            }
            let alike = samples[..<end]
            samples = samples[end...]
            let head = blocks[Int(first.head.index)]
            let tail = blocks[Int(first.tail.index)]
            if head.isTooLong || tail.isTooLong {
                refused += alike
            } else {
                put(head, tail, into: &rest)
                append(alike, rest.span, to: &buffer)
            }
        }
        return refused
    }

    /// Puts together what the series of two blocks have after the name, with room for the value.
    private func put(_ head: Block, _ tail: Block, into rest: inout [UInt8]) {
        // All labels of the tail are after those of the head, so one of the two parts between
        // which the other's would have to go is empty.
        let byteCount =
            head.before.count + tail.before.count + tags.count + head.after.count
            + tail.after.count + sample.count
        let runs = runs.span
        rest.removeAll(keepingCapacity: true)
        rest.append(addingCapacity: byteCount) { rest in
            // Most blocks have labels on one side of the tags only.
            if !head.before.isEmpty { rest.append(runs.extracting(head.before)) }
            if !tail.before.isEmpty { rest.append(runs.extracting(tail.before)) }
            if !tags.isEmpty { rest.append(runs.extracting(tags)) }
            if !head.after.isEmpty { rest.append(runs.extracting(head.after)) }
            if !tail.after.isEmpty { rest.append(runs.extracting(tail.after)) }
            rest.append(runs.extracting(sample))
        }
    }

    /// Appends the series of samples that have the same blocks, and so the same rest.
    private func append(
        _ samples: ArraySlice<SampleBatch.Sample>, _ rest: borrowing Span<UInt8>,
        to buffer: inout SeriesBuffer
    ) {
        let runs = runs.span
        let names = names.span
        // From a series's end back to its value.
        let valueDistance = sample.count - valueOffset
        buffer.append(samples.count, byteCountMax: Self.metrics.byteCountMax + rest.count) {
            series in
            for sample in samples {
                let name = names[Int(sample.metric.index)]
                Protobuf.append(Protobuf.series, length: name.count + rest.count, to: &series)
                series.append(runs.extracting(name))
                series.append(rest)
                series.store(Self.sendable(sample.value), back: valueDistance)
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
        into: (runs: [] as [UInt8], names: [] as [Range<Int>], byteCountMax: 0)
    ) { metrics, metric in
        let name = append(Protobuf.label("__name__", metric.name), to: &metrics.runs)
        metrics.names.append(name)
        metrics.byteCountMax = max(metrics.byteCountMax, name.count)
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

    /// Writes a value over bytes that were appended, `distance` back from the last.
    @inline(__always)
    fileprivate mutating func store(_ value: Double, back distance: Int) {
        precondition(8...count ~= distance, "there is no room for a value")
        var span = mutableSpan
        // Any bytes are a byte array's, and the bounds were checked.
        var raw = unsafe span.mutableBytes
        unsafe raw.storeBytes(
            of: value.bitPattern.littleEndian, toUncheckedByteOffset: raw.byteCount - distance,
            as: UInt64.self)
    }
}
