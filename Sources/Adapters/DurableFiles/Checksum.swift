import CXXHash

/// A word of 16 hexadecimal digits that tells damaged bytes from whole ones.
///
/// XXH3 with 64 bits: it guards against torn writes and failing disks, not against people.
package func checksum(_ bytes: [UInt8]) -> String {
    let hash = unsafe bytes.withUnsafeBytes { buffer in
        // The bytes are lent for the call.
        unsafe XXH3_64bits(buffer.baseAddress, buffer.count)
    }
    return hexadecimal(hash)
}

/// A number as 16 hexadecimal digits.
package func hexadecimal(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}
