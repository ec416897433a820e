import Domain
import Synchronization

extension HTTPBody {
    /// Creates a body from bytes in memory.
    public init(_ bytes: [UInt8]) { self.init(chunks: bytes.isEmpty ? [] : [bytes]) }

    /// Creates a body from a chunk that was read already and the rest.
    public init(_ first: [UInt8], then rest: HTTPBody) {
        let remaining = RemainingChunks([first])
        self.init { () async throws(Failure) in
            if let chunk = remaining.next() { return chunk }
            return try await rest.next()
        }
    }

    /// Creates a body from chunks in memory, none of which may be empty.
    public init(chunks: [[UInt8]]) {
        let remaining = RemainingChunks(chunks[...])
        self.init { remaining.next() }
    }
}

private final class RemainingChunks: Sendable {
    private let chunks: Mutex<ArraySlice<[UInt8]>>

    init(_ chunks: ArraySlice<[UInt8]>) { self.chunks = Mutex(chunks) }

    func next() -> [UInt8]? { chunks.withLock { $0.popFirst() } }
}
