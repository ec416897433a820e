public import Domain

/// Unpredictable bytes.
public protocol Entropy: Sendable {
    /// Returns `count` bytes that nobody can guess.
    func bytes(_ count: Int) -> [UInt8]
}

/// One-way functions, fixed by their standards.
public protocol Hashing: Sendable {
    /// SHA-256 of FIPS 180-4, 32 bytes.
    func sha256(_ message: [UInt8]) -> [UInt8]

    /// HMAC of RFC 2104 with SHA-256, 32 bytes.
    func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8]

    /// Compares in a time that depends on the lengths alone.
    func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool
}

/// Seals what must not lie in the store in clear.
public protocol Vault: Sendable {
    /// Seals a secret with the first key, for one place only.
    ///
    /// - Parameters:
    ///   - secret: What to seal.
    ///   - place: Where it will be kept; it can be opened nowhere else.
    /// - Returns: Text that may be stored and moved, and holds the key's id.
    func seal(_ secret: Secret, for place: StoreKey) -> [UInt8]

    /// Opens what was sealed for `place`, with whichever key it was sealed with.
    ///
    /// - Throws: `unreadableState` if no key opens it, it was sealed for another place or changed.
    func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret
}

/// The GitHub App's private key, as much of it as is needed.
public protocol AppSigner: Sendable {
    /// Signs with RSASSA-PKCS1-v1_5 and SHA-256, the `RS256` of RFC 7518.
    ///
    /// - Throws: `misconfigured` if the key cannot sign.
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8]
}
