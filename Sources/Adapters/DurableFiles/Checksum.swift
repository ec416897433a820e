import CXXHash
import Toolbox

/// Returns the XXH3 checksum of `bytes` as 16 hexadecimal digits.
///
/// It detects torn writes and failing disks, but not forgery.
package func checksum(_ bytes: [UInt8]) -> String {
    let hash = unsafe bytes.withUnsafeBytes { buffer in
        // The function does not keep the buffer.
        unsafe XXH3_64bits(buffer.baseAddress, buffer.count)
    }
    return Hex.encode(hash)
}
