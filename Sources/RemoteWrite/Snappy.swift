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
}
