extension SampleBatch {
    /// The blocks in order, the empty one first.
    ///
    /// An encoder encodes each of them once.
    public var blocks: some Sequence<BlockID> {
        (0..<Int32(blockCount)).lazy.map { BlockID(index: $0) }
    }
}
