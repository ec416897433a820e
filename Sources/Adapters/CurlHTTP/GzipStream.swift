import CCurl

/// Decompresses gzip in bounded memory.
///
/// libcurl can decompress too, but version 7.88 accepts a truncated stream, and buffers all of a
/// decompressed chunk while a transfer is paused.
/// Source: RFC 1952; zlib 1.2 `zlib.h`.
@safe final class GzipStream: PackedStream {
    /// The most bytes that one step returns.
    static let chunkByteCountMax = 64 * 1024

    /// Whether the stream may end here: every gzip member that began has ended.
    private(set) var isWhole = true

    // On the heap, because zlib keeps a pointer to it.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: ArraySlice<UInt8> = []

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe ccurl_inflate_init_gzip(stream)
        // It fails only without memory or with a wrong version of zlib.
        precondition(code == Z_OK, "zlib cannot be initialized: error \(code)")
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func feed(_ bytes: [UInt8]) {
        assert(input.isEmpty)
        input = bytes[...]
    }

    func next() throws(NotPacked) -> [UInt8]? {
        while true {
            let (output, code) = step()
            switch code {
            case Z_STREAM_END:
                isWhole = true
                // Another member of the same content may follow (RFC 1952, section 2.2).
                unsafe inflateReset(stream)
            case Z_OK, Z_BUF_ERROR: break
            default: throw NotPacked()
            }
            if !output.isEmpty { return output }
            if input.isEmpty { return nil }
        }
    }

    private func step() -> (output: [UInt8], code: Int32) {
        var code = Z_OK
        let input = input
        if !input.isEmpty { isWhole = false }
        // The pointers are set in each step, and both buffers are valid for its only call.
        let output = unsafe [UInt8](unsafeUninitializedCapacity: Self.chunkByteCountMax) {
            output, count in
            unsafe input.withUnsafeBufferPointer { input in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                unsafe stream.pointee.avail_in = UInt32(input.count)
                unsafe stream.pointee.next_out = output.baseAddress
                unsafe stream.pointee.avail_out = UInt32(output.count)
                code = unsafe inflate(stream, Z_NO_FLUSH)
            }
            unsafe count = output.count - Int(stream.pointee.avail_out)
        }
        self.input = unsafe input.suffix(Int(stream.pointee.avail_in))
        return (output, code)
    }
}
