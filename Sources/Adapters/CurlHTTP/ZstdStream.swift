import CZstd

/// Decompresses Zstandard in bounded memory.
///
/// The window of a frame is at most 8 MiB, the limit of RFC 9659 for HTTP. Without a limit, a sender
/// could make the receiver allocate gigabytes.
/// Source: RFC 8878; libzstd 1.5 `zstd.h`, "Streaming decompression".
@safe final class ZstdStream: PackedStream {
    private static let windowLogMax: Int32 = 23
    private static let chunkByteCountMax = 64 * 1024

    private(set) var isWhole = true

    private let stream: OpaquePointer
    private var input: ArraySlice<UInt8> = []

    init() {
        // It fails only without memory.
        guard let stream = unsafe ZSTD_createDStream() else {
            preconditionFailure("libzstd cannot be initialized")
        }
        unsafe self.stream = stream
        let code = unsafe ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, Self.windowLogMax)
        precondition(ZSTD_isError(code) == 0, "libzstd does not support a window limit")
    }

    deinit { unsafe ZSTD_freeDStream(stream) }

    func feed(_ bytes: [UInt8]) {
        assert(input.isEmpty)
        input = bytes[...]
    }

    func next() throws(NotPacked) -> [UInt8]? {
        // After a frame nothing is buffered, and another one may follow (RFC 8878, section 3.1).
        while !(input.isEmpty && isWhole) {
            let (output, rest) = step()
            guard ZSTD_isError(rest) == 0 else { throw Self.error(rest) }
            isWhole = rest == 0
            if !output.isEmpty { return output }
            if input.isEmpty { return nil }
        }
        return nil
    }

    private static func error(_ code: Int) -> NotPacked {
        guard ZSTD_getErrorCode(code) == ZSTD_error_frameParameter_windowTooLarge else {
            return NotPacked()
        }
        return NotPacked(
            why: """
                the compressed response needs a window of more than \(1 << (windowLogMax - 20)) MiB, \
                which RFC 9659 does not allow
                """)
    }

    /// Returns decompressed bytes, and 0 at the end of a frame.
    private func step() -> (output: [UInt8], rest: Int) {
        var rest = 0
        var used = 0
        let input = input
        // Both buffers are valid for the call.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkByteCountMax) {
            output, count in
            unsafe input.withUnsafeBytes { input in
                var from = unsafe ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
                var to = unsafe ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
                rest = unsafe ZSTD_decompressStream(stream, &to, &from)
                used = unsafe from.pos
                count = unsafe to.pos
            }
        }
        self.input = input.dropFirst(used)
        return (output, rest)
    }
}
