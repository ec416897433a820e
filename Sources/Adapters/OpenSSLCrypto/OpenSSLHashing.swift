import COpenSSL
public import Ports

/// SHA-256 and its HMAC by the system's OpenSSL.
///
/// They can only fail for want of memory or of SHA-256: neither is worth a failure path.
public struct OpenSSLHashing: Hashing {
    private static let byteCount = 32

    /// Creates the functions.
    public init() {}

    /// SHA-256 of FIPS 180-4, 32 bytes.
    public func sha256(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let code = unsafe EVP_Digest(message, message.count, &digest, nil, EVP_sha256(), nil)
        precondition(code == 1, "OpenSSL has no SHA-256")
        return digest
    }

    /// HMAC of RFC 2104 with SHA-256, 32 bytes.
    public func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.byteCount)
        let made = unsafe HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil)
        precondition(unsafe made != nil, "OpenSSL has no HMAC")
        return code
    }

    /// Compares in a time that depends on the lengths alone.
    public func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool {
        guard lhs.count == rhs.count else { return false }
        return unsafe CRYPTO_memcmp(lhs, rhs, lhs.count) == 0
    }
}
