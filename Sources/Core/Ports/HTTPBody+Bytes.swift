import Synchronization

extension HTTPBody {
    /// Creates a body from bytes that are already there.
    public init(_ bytes: [UInt8]) { self.init(chunks: bytes.isEmpty ? [] : [bytes]) }

    /// Creates a body from chunks that are already there; none of them may be empty.
    public init(chunks: [[UInt8]]) {
        let rest = Rest(chunks[...])
        self.init { rest.next() }
    }
}

private final class Rest: Sendable {
    private let chunks: Mutex<ArraySlice<[UInt8]>>

    init(_ chunks: ArraySlice<[UInt8]>) { self.chunks = Mutex(chunks) }

    func next() -> [UInt8]? { chunks.withLock { $0.popFirst() } }
}
