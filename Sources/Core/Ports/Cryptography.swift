public import Domain

/// A source of unpredictable bytes.
public protocol Entropy: Sendable {
    /// Returns `count` bytes that cannot be guessed.
    func bytes(_ count: Int) -> [UInt8]
}

/// Cryptographic hash functions.
public protocol Hashing: Sendable {
    /// Returns the SHA-256 digest (FIPS 180-4), 32 bytes.
    func sha256(_ message: [UInt8]) -> [UInt8]

    /// Returns the HMAC-SHA-256 (RFC 2104), 32 bytes.
    func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8]

    /// Compares bytes in constant time: it depends only on the lengths.
    func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool
}

/// Authenticated encryption of secrets in the store.
public protocol Vault: Sendable {
    /// Encrypts a secret with the first key.
    ///
    /// - Parameter place: The key under which the caller stores the sealed secret. It can only be
    ///   opened with the same key, so that entries cannot be swapped.
    /// - Returns: Printable text, which names the key.
    func seal(_ secret: Secret, for place: StoreKey) -> [UInt8]

    /// Decrypts a secret that was sealed for `place`, with any of the keys.
    ///
    /// - Throws: `unreadableState` if no key opens it, it was sealed for another place, or it was
    ///   changed.
    func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret

    /// The number of keys.
    var keyCount: Int { get }

    /// The key that a value names as the one that sealed it.
    ///
    /// - Returns: The key; nil if the value is not a sealed secret.
    func key(of value: [UInt8]) -> SealingKey?
}

extension Vault {
    /// One key.
    public var keyCount: Int { 1 }

    /// Takes no value for a sealed secret.
    public func key(of value: [UInt8]) -> SealingKey? { nil }
}

/// The key that sealed a secret.
public enum SealingKey: Hashable, Sendable {
    /// One of the vault's keys, by its position; the first, at 0, seals.
    case configured(position: Int)
    /// A key that the vault does not have, by its id.
    case other(id: String)
}

/// Signing with the GitHub App's private key.
public protocol AppSigner: Sendable {
    /// Signs a message with RSASSA-PKCS1-v1_5 and SHA-256 (`RS256` of RFC 7518).
    ///
    /// - Throws: `misconfigured` if the key cannot sign.
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8]
}
