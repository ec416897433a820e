extension SampleBatch {
    /// The batch's blocks in order, the empty one first, for an encoder that encodes each once.
    public var blocks: some Sequence<BlockID> {
        (0..<Int32(blockCount)).lazy.map { BlockID(index: $0) }
    }
}
