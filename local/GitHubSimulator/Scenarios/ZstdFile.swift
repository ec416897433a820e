/// Zstandard without compression; see ``GzipFile``.
///
/// Source: RFC 8878, 3.1.1: one frame of raw blocks, without size and checksum.
enum ZstdFile {
    private static let blockByteCountMax = 0x1_0000

    /// Makes a file with this content.
    static func holding(_ bytes: [UInt8]) -> [UInt8] {
        // The magic number, a header with nothing optional, and a window of 128 KiB.
        var file: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, 0x38]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(blockByteCountMax)
            rest = rest.dropFirst(block.count)
            let head = UInt32(block.count) << 3 | (rest.isEmpty ? 1 : 0)
            file += (0..<3).map { UInt8(truncatingIfNeeded: head >> ($0 * 8)) }
            file += block
        } while !rest.isEmpty
        return file
    }
}
