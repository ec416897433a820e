/// Samples of one source, organization and day, in a compact form for sinks.
///
/// A sample is a metric, a value and two blocks of labels. Together the blocks are in the order of
/// ``Label``. Samples share blocks: all samples of a user refer to one block with the user's labels,
/// and all metrics of a breakdown entry refer to one block with its dimensions. A batch therefore
/// takes 24 bytes per sample, and an encoder encodes each block once.
///
///     var batch = SampleBatch(scope)
///     batch.addLabel(.organization, "acme")
///     let head = batch.endBlock()
///     batch.add(metric, 12, head: head, tail: .empty)
public struct SampleBatch: Sendable {
    /// One value of one series.
    ///
    /// Its time is ``SampleScope/timestamp``.
    public struct Sample: Hashable, Sendable {
        /// The metric.
        public let metric: MetricID
        /// The block with the first labels.
        public let head: BlockID
        /// The block with the labels that follow.
        public let tail: BlockID
        /// The value.
        public let value: Double
    }

    /// A block of labels as its index in a batch.
    ///
    /// Block 0 is empty.
    public struct BlockID: Hashable, Sendable {
        /// The index.
        public let index: Int32
        /// Creates a reference to the block at an index.
        public init(index: Int32) { self.index = index }
        /// The block without labels, in every batch.
        public static let empty = BlockID(index: 0)
    }

    /// The organization, day, source and tags of all samples.
    public let scope: SampleScope
    /// The samples in the order of their addition.
    public private(set) var samples: [Sample] = []

    // Labels in sequence: one byte for the label, four for the length, and the bytes of the value.
    private var arena: [UInt8] = []
    // Block n is arena[bounds[n]..<bounds[n + 1]]; block 0 is empty.
    private var bounds: [Int32] = [0, 0]

    /// Creates an empty batch.
    public init(_ scope: SampleScope) { self.scope = scope }

    /// The number of blocks, the empty one included.
    public var blockCount: Int { bounds.count - 1 }

    /// The approximate memory of the batch, in bytes.
    public var byteCount: Int {
        samples.count * MemoryLayout<Sample>.stride + arena.count + bounds.count * 4
    }

    /// Removes all samples and labels, and keeps the memory for new ones.
    public mutating func removeAll() {
        samples.removeAll(keepingCapacity: true)
        arena.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        bounds.append(0)
        bounds.append(0)
    }

    /// Adds a label to the current block, unless the value is empty.
    public mutating func addLabel(_ label: Label, _ value: borrowing Span<UInt8>) {
        guard !value.isEmpty else { return }
        let count = UInt32(value.count)
        arena.append(addingCapacity: 5) { head in
            head.append(label.rawValue)
            for shift in stride(from: UInt32(0), to: 32, by: 8) {
                head.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        unsafe value.withUnsafeBufferPointer { bytes in
            // The pointer is valid for this call, which copies the bytes.
            unsafe arena.append(contentsOf: bytes)
        }
    }

    /// Adds a label to the current block, unless the value is empty.
    public mutating func addLabel(_ label: Label, _ value: String) {
        addLabel(label, Array(value.utf8).span)
    }

    /// Ends the current block and begins a new one.
    ///
    /// - Returns: The block that ended; ``BlockID/empty`` if it has no labels.
    public mutating func endBlock() -> BlockID {
        guard bounds[bounds.count - 1] != Int32(arena.count) else { return .empty }
        bounds.append(Int32(arena.count))
        return BlockID(index: Int32(bounds.count - 2))
    }

    /// Removes the last block.
    ///
    /// No sample may refer to it.
    public mutating func dropBlock(_ block: BlockID) {
        guard block != .empty else { return }
        precondition(block.index == bounds.count - 2, "only the last block can be dropped")
        bounds.removeLast()
        arena.removeLast(arena.count - Int(bounds[bounds.count - 1]))
    }

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - head: The block with the first labels.
    ///   - tail: The block with the labels that follow those of `head` in the order of ``Label``.
    public mutating func add(_ metric: MetricID, _ value: Double, head: BlockID, tail: BlockID) {
        samples.append(Sample(metric: metric, head: head, tail: tail, value: value))
    }

    /// Adds the samples of a row of values.
    ///
    /// - Parameters:
    ///   - metrics: The metric of each column, at most 64.
    ///   - values: The value of each column.
    ///   - present: One bit per column, set where the row has a value.
    ///   - head: The block with the first labels.
    ///   - tail: The block with the labels that follow those of `head` in the order of ``Label``.
    public mutating func add(
        _ metrics: borrowing Span<MetricID>, _ values: borrowing Span<Double>, present: UInt64,
        head: BlockID, tail: BlockID
    ) {
        samples.append(addingCapacity: present.nonzeroBitCount) { added in
            var rest = present
            while rest != 0 {
                let place = rest.trailingZeroBitCount
                rest &= rest - 1
                added.append(
                    Sample(metric: metrics[place], head: head, tail: tail, value: values[place]))
            }
        }
    }

    /// Calls `body` with each label of a block, in order, and the UTF-8 bytes of its value.
    public func forEachLabel(
        of block: BlockID, _ body: (Label, borrowing Span<UInt8>) -> Void
    ) {
        let bytes = arena.span
        var at = Int(bounds[Int(block.index)])
        let end = Int(bounds[Int(block.index) + 1])
        while at < end {
            guard let label = Label(rawValue: bytes[at]) else {
                preconditionFailure("a block contains a byte that is not a label")
            }
            var count = 0
            for place in 0..<4 { count |= Int(bytes[at + 1 + place]) << (8 * place) }
            body(label, bytes.extracting(at + 5..<at + 5 + count))
            at += 5 + count
        }
    }

    /// The encoded labels of a block, for comparing and hashing.
    ///
    /// Equal labels have equal bytes.
    public func bytes(of block: BlockID) -> ArraySlice<UInt8> {
        arena[Int(bounds[Int(block.index)])..<Int(bounds[Int(block.index) + 1])]
    }

    /// The labels of a sample as text, for files, tests and messages.
    public func labels(of sample: Sample) -> [(label: Label, value: String)] {
        var labels: [(label: Label, value: String)] = []
        for block in [sample.head, sample.tail] {
            forEachLabel(of: block) { label, value in
                unsafe value.withUnsafeBufferPointer { bytes in
                    // The pointer is valid for this call, which copies the bytes into a string.
                    labels.append((label, unsafe String(decoding: bytes, as: UTF8.self)))
                }
            }
        }
        return labels
    }
}

/// What all samples of a batch have in common: organization, day, source and tags.
public struct SampleScope: Hashable, Sendable {
    /// The organization.
    public var organization: OrganizationLogin
    /// The report day.
    public var day: Day
    /// The source of the samples.
    public var source: Source
    /// The application and subsystem names of the samples.
    public var tags: SampleTags

    /// Creates a scope.
    public init(organization: OrganizationLogin, day: Day, source: Source, tags: SampleTags) {
        self.organization = organization
        self.day = day
        self.source = source
        self.tags = tags
    }

    /// The time of every sample: 23:59:59 UTC of the report day.
    public var timestamp: Timestamp { Timestamp(endOf: day) }
}
