/// Samples of one source of one organization's day, packed for sending.
///
/// A sample is a metric, a value and two blocks of labels that follow each other in the order of
/// ``Label``. Blocks are shared: all samples of a user point to one block with the user's labels,
/// all metrics of one breakdown entry to one block with its dimensions. So a batch costs two dozen
/// bytes a sample, and an encoder encodes each block once.
public struct SampleBatch: Sendable {
    /// One number; its time is the batch's, ``SampleScope/timestamp``.
    public struct Sample: Hashable, Sendable {
        /// The metric, by its place in ``Catalogue/metrics``.
        public let metric: MetricID
        /// The block whose labels come first.
        public let head: BlockID
        /// The block whose labels come after.
        public let tail: BlockID
        /// The value.
        public let value: Double
    }

    /// A block of labels, by its place in its batch; block 0 is empty.
    public struct BlockID: Hashable, Sendable {
        /// The place.
        public let index: Int32
        /// Creates a reference to the block at a place.
        public init(index: Int32) { self.index = index }
        /// The block without labels, in every batch.
        public static let empty = BlockID(index: 0)
    }

    /// Which organization, day and source the samples are of.
    public let scope: SampleScope
    /// The samples, in the order they were added.
    public private(set) var samples: [Sample] = []

    // Labels one after another: a byte of label, four bytes of length, the value's bytes.
    private var arena: [UInt8] = []
    // Block n is arena[bounds[n]..<bounds[n + 1]]; block 0 is empty.
    private var bounds: [Int32] = [0, 0]

    /// Creates an empty batch.
    public init(_ scope: SampleScope) { self.scope = scope }

    /// The count of blocks, the empty one included.
    public var blockCount: Int { bounds.count - 1 }

    /// The bytes that the batch holds on to, roughly.
    public var byteCount: Int {
        samples.count * MemoryLayout<Sample>.stride + arena.count + bounds.count * 4
    }

    /// Forgets all samples and labels, and keeps the memory for the next.
    public mutating func removeAll() {
        samples.removeAll(keepingCapacity: true)
        arena.removeAll(keepingCapacity: true)
        bounds.removeAll(keepingCapacity: true)
        bounds.append(0)
        bounds.append(0)
    }

    /// Adds a label to the block that is being built; an empty value adds none.
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
            // The pointer is lent for the copy and not kept.
            unsafe arena.append(contentsOf: bytes)
        }
    }

    /// Adds a label to the block that is being built; an empty value adds none.
    public mutating func addLabel(_ label: Label, _ value: String) {
        addLabel(label, Array(value.utf8).span)
    }

    /// Ends the block that is being built.
    ///
    /// - Returns: The block, for ``add(_:_:head:tail:)``; ``BlockID/empty`` if it has no label.
    public mutating func endBlock() -> BlockID {
        guard bounds[bounds.count - 1] != Int32(arena.count) else { return .empty }
        bounds.append(Int32(arena.count))
        return BlockID(index: Int32(bounds.count - 2))
    }

    /// Forgets the last block, which no sample may name yet.
    public mutating func dropBlock(_ block: BlockID) {
        guard block != .empty else { return }
        precondition(block.index == bounds.count - 2, "only the last block can be dropped")
        bounds.removeLast()
        arena.removeLast(arena.count - Int(bounds[bounds.count - 1]))
    }

    /// Adds a sample.
    ///
    /// - Parameters:
    ///   - metric: The metric.
    ///   - value: The value.
    ///   - head: The block whose labels come first.
    ///   - tail: The block whose labels all come after them in the order of ``Label``.
    public mutating func add(_ metric: MetricID, _ value: Double, head: BlockID, tail: BlockID) {
        samples.append(Sample(metric: metric, head: head, tail: tail, value: value))
    }

    /// Adds the samples of one row of values.
    ///
    /// - Parameters:
    ///   - metrics: The metric of each place.
    ///   - values: The value of each place.
    ///   - present: A bit for each place, set where there is a sample.
    ///   - head: The block whose labels come first.
    ///   - tail: The block whose labels all come after them in the order of ``Label``.
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

    /// Lends the labels of a block, in order.
    ///
    /// - Parameters:
    ///   - block: The block.
    ///   - body: Called with each label and the bytes of its value, UTF-8.
    public func forEachLabel(
        of block: BlockID, _ body: (Label, borrowing Span<UInt8>) -> Void
    ) {
        let bytes = arena.span
        var at = Int(bounds[Int(block.index)])
        let end = Int(bounds[Int(block.index) + 1])
        while at < end {
            guard let label = Label(rawValue: bytes[at]) else {
                preconditionFailure("a block holds a byte that is no label")
            }
            var count = 0
            for place in 0..<4 { count |= Int(bytes[at + 1 + place]) << (8 * place) }
            body(label, bytes.extracting(at + 5..<at + 5 + count))
            at += 5 + count
        }
    }

    /// The bytes of a block, for comparing and hashing: equal labels are equal bytes.
    public func bytes(of block: BlockID) -> ArraySlice<UInt8> {
        arena[Int(bounds[Int(block.index)])..<Int(bounds[Int(block.index) + 1])]
    }

    /// The labels of a sample as text, for files, tests and messages.
    public func labels(of sample: Sample) -> [(label: Label, value: String)] {
        var labels: [(label: Label, value: String)] = []
        for block in [sample.head, sample.tail] {
            forEachLabel(of: block) { label, value in
                unsafe value.withUnsafeBufferPointer { bytes in
                    // The pointer is lent for the copy into a string and not kept.
                    labels.append((label, unsafe String(decoding: bytes, as: UTF8.self)))
                }
            }
        }
        return labels
    }
}

/// Which samples: one source of one organization's day, and how they are tagged.
public struct SampleScope: Hashable, Sendable {
    /// The organization.
    public var organization: OrganizationLogin
    /// The report day.
    public var day: Day
    /// Where the samples come from.
    public var source: Source
    /// How a backend that sorts by application and subsystem files them.
    public var tags: SampleTags

    /// Creates a scope.
    public init(organization: OrganizationLogin, day: Day, source: Source, tags: SampleTags) {
        self.organization = organization
        self.day = day
        self.source = source
        self.tags = tags
    }

    /// The moment of every sample: 23:59:59 UTC of the report day.
    public var timestamp: Timestamp { Timestamp(endOf: day) }
}
