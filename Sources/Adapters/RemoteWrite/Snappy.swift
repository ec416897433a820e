import CSnappy

/// Compression in snappy's block format, which remote write requires.
enum Snappy {
    /// Compresses `bytes`.
    static func compress(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let capacity = snappy_max_compressed_length(bytes.count)
        return unsafe bytes.withUnsafeBytes { input in
            unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // Snappy does not keep the buffers. `count` is the number of bytes that it may
                // write, and after the call the number that it wrote.
                count = capacity
                let status = unsafe snappy_compress(
                    input.baseAddress, input.count, output.baseAddress, &count)
                // It only fails if there is less space than it asked for itself.
                precondition(status == SNAPPY_OK, "snappy failed to compress")
            }
        }
    }

    /// Decompresses a result of ``compress(_:)``.
    static func decompress(_ body: [UInt8]) -> [UInt8] {
        unsafe body.withUnsafeBytes { input in
            var capacity = 0
            let status = unsafe snappy_uncompressed_length(
                input.baseAddress, input.count, &capacity)
            precondition(status == SNAPPY_OK, "snappy failed to read its own output")
            return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
                // Snappy does not keep the buffers, and there is as much space as it asked for.
                count = capacity
                let status = unsafe snappy_uncompress(
                    input.baseAddress, input.count, output.baseAddress, &count)
                precondition(status == SNAPPY_OK, "snappy failed to decompress its own output")
            }
        }
    }
}
