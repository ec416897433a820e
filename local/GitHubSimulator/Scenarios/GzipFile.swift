/// Gzip without compression, which needs no library and is the same to any reader.
///
/// Source: RFC 1952, and RFC 1951, 3.2.4, "Non-compressed blocks".
enum GzipFile {
    private static let blockByteCountMax = 0xFFFF

    /// Makes a file with this content.
    static func holding(_ bytes: [UInt8]) -> [UInt8] {
        var file: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(blockByteCountMax)
            rest = rest.dropFirst(block.count)
            file.append(rest.isEmpty ? 1 : 0)
            file += littleEndian(UInt16(block.count)) + littleEndian(~UInt16(block.count))
            file += block
        } while !rest.isEmpty
        return file + littleEndian(checksum(bytes)) + littleEndian(UInt32(bytes.count))
    }

    /// CRC-32 as RFC 1952, section 8, computes it.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~UInt32(0)) { code, byte in
            (0..<8).reduce(code ^ UInt32(byte)) { code, _ in
                code & 1 == 1 ? 0xEDB8_8320 ^ (code >> 1) : code >> 1
            }
        }
    }

    private static func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<Number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }
}
