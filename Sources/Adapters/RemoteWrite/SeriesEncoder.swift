import Domain

/// Encodes the samples of one batch as series of remote write 1.0.
///
///     TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; }
///     Label      { string name = 1; string value = 2; }
///     Sample     { double value = 1; int64 timestamp = 2; }
///
/// Labels must be sorted by name. `__name__` is the first, because `_` sorts before lower-case
/// letters. Label blocks are sorted, and the names of the two tags sort between `comment_type` and
/// `feature`; see ``TagLabels``. So a series consists of runs of bytes that are encoded once per
/// batch, and encoding a series is copying them. Samples with the same blocks follow each other in
/// a batch. For these, all bytes except the name and the value are assembled once.
///
/// Source: <https://prometheus.io/docs/specs/prw/remote_write_spec/>, "Protocol".
struct SeriesEncoder: ~Copyable {
    /// The labels of a block, before and after the position of the tags.
    private struct Block {
        var before: Range<Int>
        var after: Range<Int>
        var isTooLong: Bool
    }

    /// All runs of bytes, one after another.
    private var runs: [UInt8]
    private var blocks: [Block] = []
    /// The run of each metric's label `__name__`.
    private let names: [Range<Int>]
    private let tags: Range<Int>
    /// The run of a sample, which differs within a batch only in the eight bytes of its value.
    private let sample: Range<Int>
    private let valueOffset: Int

    /// Encodes each block of `batch` once.
    ///
    /// - Parameters:
    ///   - tags: The tags of the batch's scope; nil if they are not sent.
    ///   - valueByteCountMax: The longest label value that the backend accepts, in bytes; nil for
    ///     any.
    init(_ batch: SampleBatch, tags: TagLabels?, valueByteCountMax: Int?) {
        let sample = Protobuf.sample(at: batch.scope.timestamp)
        runs = []
        // An estimate of the length of a block's labels.
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

    /// Appends series until the buffer reaches a bound.
    ///
    /// - Parameter samples: Samples of the batch. The method removes those that it appends or
    ///   rejects.
    /// - Returns: The rejected samples: a label value is longer than the backend accepts.
    func append(
        _ samples: inout ArraySlice<SampleBatch.Sample>, to buffer: inout SeriesBuffer,
        upTo bound: SeriesBuffer.Bound
    ) -> [SampleBatch.Sample] {
        var rejected: [SampleBatch.Sample] = []
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
                rejected += alike
            } else {
                assemble(head, tail, into: &rest)
                append(alike, rest.span, to: &buffer)
            }
        }
        return rejected
    }

    /// Assembles all bytes after the name for series with two blocks.
    ///
    /// The value is left open.
    private func assemble(_ head: Block, _ tail: Block, into rest: inout [UInt8]) {
        // All labels of the tail sort after those of the head, so `tail.before` or `head.after` is
        // empty.
        let byteCount =
            head.before.count + tail.before.count + tags.count + head.after.count
            + tail.after.count + sample.count
        let runs = runs.span
        rest.removeAll(keepingCapacity: true)
        rest.append(addingCapacity: byteCount) { rest in
            // Most blocks have labels only on one side of the tags.
            if !head.before.isEmpty { rest.append(runs.extracting(head.before)) }
            if !tail.before.isEmpty { rest.append(runs.extracting(tail.before)) }
            if !tags.isEmpty { rest.append(runs.extracting(tags)) }
            if !head.after.isEmpty { rest.append(runs.extracting(head.after)) }
            if !tail.after.isEmpty { rest.append(runs.extracting(tail.after)) }
            rest.append(runs.extracting(sample))
        }
    }

    /// Appends the series of samples that have the same blocks and so the same bytes after the
    /// name.
    private func append(
        _ samples: ArraySlice<SampleBatch.Sample>, _ rest: borrowing Span<UInt8>,
        to buffer: inout SeriesBuffer
    ) {
        let runs = runs.span
        let names = names.span
        // The distance from the value to the end of a series.
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

    /// The encoded label `__name__` of each metric.
    private static let metrics = Catalogue.every.reduce(
        into: (runs: [] as [UInt8], names: [] as [Range<Int>], byteCountMax: 0)
    ) { metrics, metric in
        let name = append(Protobuf.label("__name__", metric.name), to: &metrics.runs)
        metrics.names.append(name)
        metrics.byteCountMax = max(metrics.byteCountMax, name.count)
    }

    /// Returns the value, or another NaN for the one that would end the series.
    ///
    /// "Stale markers MUST be signalled by the special NaN value 0x7ff0000000000002. This value
    /// MUST NOT be used otherwise."
    private static func sendable(_ value: Double) -> Double {
        value.bitPattern == 0x7FF0_0000_0000_0002 ? .nan : value
    }
}

extension OutputSpan<UInt8> {
    /// Copies a run of bytes.
    @inline(__always)
    fileprivate mutating func append(_ run: borrowing Span<UInt8>) {
        precondition(run.count <= freeCapacity, "a series is longer than the reserved space")
        // The pointers are valid during the copy, and the capacity was checked.
        unsafe run.withUnsafeBytes { source in
            unsafe withUnsafeMutableBufferPointer { target, count in
                let free = unsafe UnsafeMutableBufferPointer(rebasing: target[count...])
                unsafe UnsafeMutableRawBufferPointer(free).copyMemory(from: source)
                count += source.count
            }
        }
    }

    /// Replaces eight appended bytes, which begin `distance` bytes before the end, with a value.
    @inline(__always)
    fileprivate mutating func store(_ value: Double, back distance: Int) {
        precondition(8...count ~= distance, "there is no space for a value")
        var span = mutableSpan
        // Any eight bytes are valid bytes of the array, and the bounds were checked.
        var raw = unsafe span.mutableBytes
        unsafe raw.storeBytes(
            of: value.bitPattern.littleEndian, toUncheckedByteOffset: raw.byteCount - distance,
            as: UInt64.self)
    }
}
