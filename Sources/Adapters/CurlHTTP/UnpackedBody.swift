import ContentMD5
import Domain
import Ports
import Synchronization

/// The body of a response, decompressed as it is read, and verified if the head declares a digest.
///
/// A server may deliver a compressed file without a `content-encoding`. In that case the first bytes
/// identify the compression.
final class UnpackedBody: Sendable {
    private let reader: TransferReader
    private let digest: [UInt8]?
    private let state: Mutex<State>

    private struct State: ~Copyable {
        /// The decompressor; nil if the body is not compressed or this is not known yet.
        var stream: (any PackedStream)?
        /// The first bytes, while there are too few to identify a compression.
        var start: [UInt8]?
        var byteCount = 0
        /// The digest of the body as transferred; nil if the head declares none.
        var md5: MD5?
        /// The digest of the decompressed body; nil if the head declares none.
        var plainMD5: MD5?
    }

    /// Creates the body of a response whose head has arrived.
    ///
    /// - Parameters:
    ///   - packing: The compression that the head declares, if any.
    ///   - digest: The MD5 digest that the head declares, if any.
    init(_ reader: TransferReader, _ packing: Packing?, digest: [UInt8]?) {
        self.reader = reader
        self.digest = digest
        state = Mutex(
            State(
                stream: packing?.stream(), start: packing == nil ? [] : nil,
                md5: digest == nil ? nil : MD5(), plainMD5: digest == nil ? nil : MD5()))
    }

    /// Reads the next chunk; nil at the end.
    func next() async throws(Failure) -> [UInt8]? {
        do throws(Failure) {
            while true {
                if let bytes = try unpack() { return bytes }
                guard let bytes = try await reader.next() else { break }
                if let plain = state.withLock({ Self.take(bytes, into: &$0) }) { return plain }
            }
            // A body that is too short to be compressed.
            if let rest = state.withLock({ $0.start.take() }), !rest.isEmpty { return rest }
            // The transfer was complete, but its content may be truncated.
            guard state.withLock({ $0.stream?.isWhole ?? true }) else {
                throw broken("the compressed response is truncated")
            }
            try check()
            return nil
        } catch {
            reader.abandon()
            throw error
        }
    }

    /// Processes received bytes.
    ///
    /// - Returns: Bytes that are not compressed; nil if they are, or if more are needed to tell.
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

    /// Decompresses some of the received bytes; nil if more are needed.
    private func unpack() throws(Failure) -> [UInt8]? {
        let transfer = reader.transfer
        return try state.withLock { state throws(Failure) in
            let bytes: [UInt8]?
            do throws(NotPacked) {
                bytes = try state.stream?.next()
            } catch {
                throw broken(error.why)
            }
            if let bytes { state.plainMD5?.take(bytes) }
            state.byteCount += bytes?.count ?? 0
            guard state.byteCount <= transfer.request.replyByteCountMax else {
                throw transfer.overLimit
            }
            return bytes
        }
    }

    /// Verifies the digest, once, at the end.
    ///
    /// It is that of the body as transferred (RFC 1864), or of the file that was compressed on the way:
    /// storage keeps the checksum of what was stored, and a proxy may compress or decompress it.
    private func check() throws(Failure) {
        let found = state.withLock { state in
            defer { (state.md5, state.plainMD5) = (nil, nil) }
            let plain = state.stream == nil ? nil : state.plainMD5
            return [state.md5, plain].compactMap { $0?.digest() }
        }
        guard let digest, !found.isEmpty else { return }
        guard found.contains(digest) else {
            throw broken("the response is damaged: it does not match its Content-MD5")
        }
    }

    private func broken(_ how: String) -> Failure {
        Failure(.unavailable, "\(reader.transfer.target.host): \(how)")
    }
}
