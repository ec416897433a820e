import CSnappy

/// Compression in snappy's block format, the only one that remote write takes.
enum Snappy {
    /// Compresses `bytes`.
    static func compress(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let capacity = snappy_max_compressed_length(bytes.count)
        return unsafe bytes.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // Both buffers are lent for the call; `count` says how much of the capacity
                // snappy may write, and after the call how much it wrote.
                count = capacity
                let status = unsafe snappy_compress(
                    input.baseAddress, input.count, output.baseAddress, &count)
                // It can only fail for want of the room that it asked for itself.
                precondition(status == SNAPPY_OK, "snappy does not compress")
            }
        }
    }

    /// Gives back what ``compress(_:)`` was given.
    static func decompress(_ body: [UInt8]) -> [UInt8] {
        unsafe body.withUnsafeBytes { input in
            var capacity = 0
            let status = unsafe snappy_uncompressed_length(
                input.baseAddress, input.count, &capacity)
            precondition(status == SNAPPY_OK, "snappy does not know its own body")
            return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // Both buffers are lent for the call, and there is the room that snappy asks for.
                count = capacity
                let status = unsafe snappy_uncompress(
                    input.baseAddress, input.count, output.baseAddress, &count)
                precondition(status == SNAPPY_OK, "snappy does not decompress its own body")
            }
        }
    }
}
