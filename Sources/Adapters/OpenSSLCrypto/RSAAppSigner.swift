public import Domain
public import Ports

/// Signs with the GitHub App's private key.
public struct RSAAppSigner: AppSigner {
    /// GitHub makes keys of 2048 bits, the least that RFC 7518, 3.3 allows for `RS256`.
    static let bitCountMin = 2_048

    let key: RSAKey

    /// Reads the key.
    ///
    /// - Parameter pem: The file that GitHub gave, PKCS#1 or PKCS#8; its line breaks may be written
    ///   `\n`, as some places keep environment variables.
    /// - Throws: `misconfigured`, saying what is there instead of such a key.
    public init(pem: Secret) throws(Failure) {
        key = try pem.reveal { text throws(Failure) in
            let text = text.replacing("\\r", with: "").replacing("\\n", with: "\n")
            guard let key = RSAKey.read(pem: text) else {
                throw Self.misconfigured(Self.reason(text))
            }
            guard key.isRSA else { throw Self.misconfigured("it is not an RSA key") }
            guard key.bitCount >= Self.bitCountMin else {
                throw Self.misconfigured(
                    "its \(key.bitCount) bits are too few, it must have \(Self.bitCountMin)")
            }
            return key
        }
    }

    /// Signs a message; see ``AppSigner``.
    public func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] {
        guard let signature = key.sign(message) else {
            throw Self.misconfigured("it does not sign")
        }
        return signature
    }

    /// Says what a text is that is no private key.
    private static func reason(_ text: String) -> String {
        if !text.contains("-----BEGIN ") { return "it is not PEM" }
        if text.contains("ENCRYPTED") { return "it is locked with a password" }
        if text.contains(" PRIVATE KEY-----") { return "it is damaged or not complete" }
        if text.contains(" PUBLIC KEY-----") { return "it is a public key" }
        return "it holds something else than a private key"
    }

    private static func misconfigured(_ what: String) -> Failure {
        Failure(
            .misconfigured,
            "GITHUB_APP_PRIVATE_KEY, or the file that GITHUB_APP_PRIVATE_KEY_FILE names: \(what); make a private key on the App's page on GitHub, under "
                + "\"Private keys\", and give the file as it was downloaded")
    }
}
