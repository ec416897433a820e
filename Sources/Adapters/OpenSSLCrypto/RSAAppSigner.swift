public import Domain
public import Ports

/// Signs with the GitHub App's private key.
public struct RSAAppSigner: AppSigner {
    /// GitHub's keys have 2048 bits, the minimum for `RS256` (RFC 7518, section 3.3).
    static let bitCountMin = 2_048

    let key: RSAKey

    /// Parses the key.
    ///
    /// - Parameter pem: The file from GitHub, in PKCS#1 or PKCS#8, in any of the forms in which people
    ///   paste it: see `PastedKey`.
    /// - Throws: `misconfigured`, describing the text if it is not such a key.
    public init(pem: Secret) throws(Failure) {
        key = try pem.reveal { text throws(Failure) in
            let text = PastedKey.restored(text)
            guard let key = RSAKey.read(pem: text) else {
                throw Self.misconfigured(Self.reason(text))
            }
            guard key.isRSA else { throw Self.misconfigured("it is not an RSA key") }
            guard key.bitCount >= Self.bitCountMin else {
                throw Self.misconfigured(
                    "it has \(key.bitCount) bits, but at least \(Self.bitCountMin) are required")
            }
            return key
        }
    }

    /// Signs a message; see ``AppSigner``.
    public func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        guard let signature = key.sign(message) else {
            throw Self.misconfigured("it cannot sign")
        }
        return signature
    }

    /// Describes a text that is not a private key.
    private static func reason(_ text: String) -> String {
        if !text.contains("-----BEGIN ") { return "it is not PEM, nor base64 of it" }
        if text.contains("ENCRYPTED") { return "it is protected with a password" }
        if text.contains(" PRIVATE KEY-----") { return "it is damaged or incomplete" }
        if text.contains(" PUBLIC KEY-----") { return "it is a public key" }
        return "it is not a private key"
    }

    private static func misconfigured(_ what: String) -> Failure {
        Failure(
            .misconfigured,
            "GITHUB_APP_PRIVATE_KEY, or the file in GITHUB_APP_PRIVATE_KEY_FILE: \(what). Generate a"
                + " private key on the GitHub App's settings page, under \"Private keys\", and use the"
                + " downloaded file unchanged.")
    }
}
