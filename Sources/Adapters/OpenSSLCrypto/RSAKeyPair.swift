public import Domain
import Ports

/// A new App key with its public part: what GitHub keeps, for a simulator of it and for tests.
public struct RSAKeyPair: Sendable {
    /// The private key in PEM, as GitHub hands it out.
    public let privateKey: Secret
    /// The part that signatures are checked with.
    public let publicKey: RSAPublicKey

    /// Makes a pair.
    ///
    /// - Parameter bits: The length of the modulus.
    /// - Returns: A pair that nobody else has.
    public static func generate(bits: Int = 2_048) -> RSAKeyPair {
        let key = RSAKey.generate(bitCount: bits)
        return RSAKeyPair(privateKey: key.pem(), publicKey: RSAPublicKey(key))
    }
}

/// The public part of an App's key.
public struct RSAPublicKey: Sendable {
    private let key: RSAKey

    init(_ key: RSAKey) { self.key = key }

    /// Takes the public part of a private key.
    ///
    /// - Parameter pem: The private key.
    /// - Throws: `misconfigured`, as ``RSAAppSigner/init(pem:)`` does.
    public init(ofPrivateKey pem: Secret) throws(Failure) {
        self.init(try RSAAppSigner(pem: pem).key)
    }

    /// Checks a signature of RSASSA-PKCS1-v1_5 and SHA-256, the `RS256` of RFC 7518.
    ///
    /// - Parameters:
    ///   - message: What was signed.
    ///   - signature: What ``RSAAppSigner/sign(_:)`` gave.
    /// - Returns: Whether the owner of the private key signed just this message.
    public func verify(_ message: [UInt8], signature: [UInt8]) -> Bool {
        key.verify(message, signature)
    }
}
