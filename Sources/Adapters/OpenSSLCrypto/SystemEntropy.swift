import COpenSSL
public import Ports

/// OpenSSL's random number generator, which the operating system seeds.
public struct SystemEntropy: Entropy {
    /// Creates a generator.
    public init() {}

    /// Returns `count` bytes that cannot be guessed.
    public func bytes(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let code = unsafe RAND_bytes(&bytes, Int32(count))
        // Without randomness, nothing that follows would be secure.
        precondition(code == 1, "OpenSSL has no random bytes")
        return bytes
    }
}
