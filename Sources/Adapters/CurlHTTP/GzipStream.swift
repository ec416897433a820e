import CCurl

/// Undoes gzip piece by piece, so that memory is bounded whatever was packed.
///
/// libcurl can decode too, but its 7.88 takes a stream that ends early for a whole one, and keeps
/// all that a packed chunk expands to while a transfer is paused.
/// Source: RFC 1952; zlib 1.2 `zlib.h`.
@safe final class GzipStream: PackedStream {
    /// The most bytes that one step gives.
    static let chunkByteCountMax = 64 * 1024

    /// Whether every member that began has ended, so that the stream may end here.
    private(set) var isWhole = true

    // On the heap, for zlib's state points back at it and it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var input: ArraySlice<UInt8> = []

    init() {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let code = unsafe ccurl_inflate_init_gzip(stream)
        // It can only fail for want of memory or of zlib: neither is worth a failure path.
        precondition(code == Z_OK, "zlib does not start: error \(code)")
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
                // Another member may follow and belongs to the same content (RFC 1952, 2.2).
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
        // Both buffers outlive the one call that sees them: its pointers are set anew at each step.
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
