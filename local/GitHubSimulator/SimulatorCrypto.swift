public import Domain
import OpenSSLCrypto
import Ports
import Toolbox

/// Signs tokens and links, and verifies the App's signatures.
struct SimulatorCrypto: Sendable {
    private let hashing = OpenSSLHashing()
    private let key: [UInt8]

    init(seed: UInt64) {
        key = hashing.sha256(Array("simulated GitHub \(seed)".utf8))
    }

    /// The PKCE challenge of a verifier, RFC 7636, section 4.2.
    func challenge(of verifier: String) -> String {
        Base64URL.encode(hashing.sha256(Array(verifier.utf8)))
    }

    /// A code for a text that nobody makes without the key.
    ///
    /// A digest of both takes a third of the time of an authentication code, and nobody attacks a
    /// simulator: each link of each report has one.
    func seal(_ text: String) -> String { Base64URL.encode(hashing.sha256(key + text.utf8)) }

    /// Whether a seal is that of a text.
    func isSeal(_ seal: String, of text: String) -> Bool {
        hashing.areEqual(Array(seal.utf8), Array(self.seal(text).utf8))
    }

    /// Letters and digits derived from a purpose.
    func word(_ purpose: String) -> String {
        let code = hashing.hmac(Array("word \(purpose)".utf8), key: key)
        let letters = Base64URL.encode(code).utf8.map { letter in
            switch letter {
            case UInt8(ascii: "-"): UInt8(ascii: "x")
            case UInt8(ascii: "_"): UInt8(ascii: "y")
            default: letter
            }
        }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Compares two texts in a time that does not depend on where they differ.
    func areEqual(_ lhs: String, _ rhs: String) -> Bool {
        hashing.areEqual(Array(lhs.utf8), Array(rhs.utf8))
    }
}

extension RegisteredApp {
    /// Generates the private key of an App, PEM.
    public static func makePrivateKey() -> Secret {
        RSAKeyPair.generate(bits: 2_048).privateKey
    }
}
