import Domain
import ContentMD5
import Ports
import Synchronization

/// The body of an exchange, unpacked as it is read if it is packed, and checked by its digest if the head
/// has one.
///
/// A file that was stored packed may be served without a word about it in the head. So where the
/// head says nothing, the first bytes do: no JSON begins with them.
final class UnpackedBody: Sendable {
    private let reader: TransferReader
    private let digest: [UInt8]?
    private let state: Mutex<State>

    private struct State: ~Copyable {
        /// Unpacks; nil if there is nothing to unpack, or nobody knows yet.
        var stream: (any PackedStream)?
        /// The first bytes, as long as they are too few to tell.
        var start: [UInt8]?
        var byteCount = 0
        /// Adds up what comes, packed as it is; nil if nobody knows what it should come to.
        var md5: MD5?
    }

    /// Reads the body of `exchange`.
    ///
    /// - Parameters:
    ///   - exchange: The exchange, whose head has come.
    ///   - packing: How it is packed, if the head says so.
    ///   - digest: Its MD5, if the head says so.
    init(_ reader: TransferReader, _ packing: Packing?, digest: [UInt8]?) {
        self.reader = reader
        self.digest = digest
        state = Mutex(
            State(
                stream: packing?.stream(), start: packing == nil ? [] : nil,
                md5: digest == nil ? nil : MD5()))
    }

    /// Reads the next chunk; nil at the end.
    func next() async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            while true {
                if let bytes = try unpack() { return bytes }
                guard let bytes = try await reader.next() else { break }
                if let plain = state.withLock({ Self.take(bytes, into: &$0) }) { return plain }
            }
            // Too short to be packed: it is as it came.
            if let rest = state.withLock({ $0.start.take() }), !rest.isEmpty { return rest }
            // The connection ended as it should: it is what it carried that is not whole.
            guard state.withLock({ $0.stream?.isWhole ?? true }) else {
                throw broken("the packed reply ends too early")
            }
            try check()
            return nil
        } catch {
            reader.abandon()
            throw error
        }
    }

    /// Takes bytes as they came.
    ///
    /// - Returns: What is to be read as it is; nil if it is to be unpacked, or if more must come
    ///   before anybody can tell.
    private static func take(_ bytes: [UInt8], into state: inout State) -> [UInt8]? {
        state.md5?.take(bytes)
        var bytes = bytes
        if let start = state.start {
            bytes = start + bytes
            let isTooShort = Packing.allCases.contains { packing in
                bytes.count < packing.magic.count && packing.magic.starts(with: bytes)
            }
            guard !isTooShort else {
                state.start = bytes
                return nil
            }
            state.start = nil
            state.stream = Packing.allCases.first { bytes.starts(with: $0.magic) }?.stream()
        }
        guard state.stream != nil else { return bytes }
        state.stream?.feed(bytes)
        return nil
    }

    /// Unpacks some of what has come; nil if more must come first.
    private func unpack() throws(Failure) -> [UInt8]? {
        let transfer = reader.transfer
        return try state.withLock { state throws(Failure) in
            let bytes: [UInt8]?
            do throws(NotPacked) {
                bytes = try state.stream?.next()
            } catch {
                throw broken("the packed reply is not packed as it says, or was changed")
            }
            state.byteCount += bytes?.count ?? 0
            guard state.byteCount <= transfer.request.replyByteCountMax else {
                throw transfer.overLimit
            }
            return bytes
        }
    }

    /// Compares what came with what should have come; at the end, and once.
    private func check() throws(Failure) {
        let found = state.withLock { state in
            defer { state.md5 = nil }
            return state.md5?.digest()
        }
        guard found == nil || found == digest else {
            throw broken("the reply is damaged: it is not what its Content-MD5 says")
        }
    }

    private func broken(_ how: String) -> Failure {
        Failure(.unavailable, "\(reader.transfer.target.host): \(how)")
    }
}
