import COpenSSL
public import Ports

/// Unpredictable bytes by OpenSSL's generator, seeded by the system.
public struct SystemEntropy: Entropy {
    /// Creates a source.
    public init() {}

    /// Returns `count` bytes that nobody can guess.
    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let code = unsafe RAND_bytes(&bytes, Int32(count))
        // Without randomness nothing that follows is safe, and no failure path would be tried.
        precondition(code == 1, "OpenSSL has no random bytes")
        return bytes
    }
}
