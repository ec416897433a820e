public import Domain
import Ports

/// A new private key with its public key, for the simulated GitHub and for tests.
public struct RSAKeyPair: Sendable {
    /// The private key in PEM, the form of GitHub's keys.
    public let privateKey: Secret
    /// The public key, which verifies signatures.
    public let publicKey: RSAPublicKey

    /// Generates a key pair.
    ///
    /// - Parameter bits: The size of the modulus.
    public static func generate(bits: Int = 2_048) -> RSAKeyPair {
        let key = RSAKey.generate(bitCount: bits)
        return RSAKeyPair(privateKey: key.pem(), publicKey: RSAPublicKey(key))
    }
}

/// A public key.
public struct RSAPublicKey: Sendable {
    private let key: RSAKey

    init(_ key: RSAKey) { self.key = key }

    /// Derives the public key from a private key.
    ///
    /// - Throws: `misconfigured`, as ``RSAAppSigner/init(pem:)`` does.
    public init(ofPrivateKey pem: Secret) throws(Failure) {
        self.init(try RSAAppSigner(pem: pem).key)
    }

    /// Verifies a signature with RSASSA-PKCS1-v1_5 and SHA-256 (`RS256` of RFC 7518).
    ///
    /// - Returns: Whether the owner of the private key signed exactly this message.
    public func verify(_ message: [UInt8], signature: [UInt8]) -> Bool {
        key.verify(message, signature)
    }
}
