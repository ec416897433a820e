import COpenSSL
public import Ports

/// SHA-256 and HMAC-SHA-256 of the system's OpenSSL, which fail only without memory or SHA-256.
public struct OpenSSLHashing: Hashing {
    private static let byteCount = 32

    /// Creates the hash functions.
    public init() {}

    /// Returns the SHA-256 digest (FIPS 180-4), 32 bytes.
    public func sha256(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Self.byteCount)
        let code = unsafe EVP_Digest(message, message.count, &digest, nil, EVP_sha256(), nil)
        precondition(code == 1, "OpenSSL has no SHA-256")
        return digest
    }

    /// Returns the HMAC-SHA-256 (RFC 2104), 32 bytes.
    public func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var code = [UInt8](repeating: 0, count: Self.byteCount)
        let made = unsafe HMAC(
            EVP_sha256(), key, Int32(key.count), message, message.count, &code, nil)
        precondition(unsafe made != nil, "OpenSSL has no HMAC")
        return code
    }

    /// Compares bytes in constant time: it depends only on the lengths.
    public func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool {
        guard lhs.count == rhs.count else { return false }
        return unsafe CRYPTO_memcmp(lhs, rhs, lhs.count) == 0
    }
}
