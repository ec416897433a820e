import Domain
import OpenSSLCrypto
import Ports
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The App's signer")
struct RSATests {
    // RFC 7515, A.2.1: the message and its signature.
    static let message = Array(
        ("eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQo"
            + "gImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ").utf8)
    static let signature = """
        702e218943e88fd11eb5d82dbf7845f34106ae1b81fff7731116add1717d83656d420afd3c96eedd
        73a2663e5166687b000b87226e0187ed1073f945e582adfcef16d85a798ee8c66ddb3db8975b17d0
        9402beedd5d9d97007108db28160d5f8040ca7445762b81fbe7ff9d92e0ae76f24f25b33bbe6f44a
        e61eb1040acb20044d3ef9128ed40130795bd4bd3b41eecad066ab651981fde48df77f372dc38b9f
        afdd3befb18b5da3cc3c2eb02f9e3a41d612caad15911273a05f23b9e838faaf849d698429ef5a1e
        88798236c3d40e604522a544c8f27a7a2db80663d16cf7caea56de405cb2215a45b2c25566b55ac1
        a748a070dfc8a32a469543d019eefb47
        """

    @Test(
        "signs as in RFC 7515, A.2, with every form of the key",
        arguments: [
            PublishedKeys.pkcs1, PublishedKeys.pkcs8, PublishedKeys.pkcs1 + "\n\n",
            "\n  \n" + PublishedKeys.pkcs8, "A comment.\n" + PublishedKeys.pkcs1,
            PublishedKeys.pkcs1.replacing("\n", with: "\\n"),
            PublishedKeys.pkcs8.replacing("\n", with: "\\n") + "\\n",
            PublishedKeys.pkcs1.replacing("\n", with: "\\r\\n"),
            PublishedKeys.pkcs8.replacing("\n", with: "\r\n"),
            PublishedKeys.pkcs1.replacing("\n", with: " "),
            PublishedKeys.pkcs8.replacing("\n", with: ""),
            "\"\(PublishedKeys.pkcs1)\"",
            " '\(PublishedKeys.pkcs8.replacing("\n", with: "\\n"))' \n",
            Data(PublishedKeys.pkcs1.utf8).base64EncodedString(),
            Data(PublishedKeys.pkcs8.utf8).base64EncodedString(options: .lineLength76Characters),
            "\"\(Data(PublishedKeys.pkcs8.utf8).base64EncodedString())\"",
            Data("\"\(PublishedKeys.pkcs1.replacing("\n", with: " "))\"".utf8).base64EncodedString()
                .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""),
            // Encoded twice.
            Data(Data(PublishedKeys.pkcs1.utf8).base64EncodedString().utf8)
                .base64EncodedString(options: .lineLength64Characters),
            // From an editor that writes UTF-16, and one that writes a byte order mark.
            Data(utf16(PublishedKeys.pkcs1)).base64EncodedString(),
            String(decoding: utf16(PublishedKeys.pkcs8), as: UTF8.self),
            "\u{FEFF}" + PublishedKeys.pkcs8,
            // JSON within JSON, and a mixture of line breaks.
            PublishedKeys.pkcs1.replacing("\n", with: "\\\\n"),
            "\\\"" + PublishedKeys.pkcs8.replacing("\n", with: "\\\\r\\\\n") + "\\\"",
            PublishedKeys.pkcs8.split(separator: "\n").enumerated()
                .map { $1 + ["\n", "\r\n", "\r", "\\n"][$0 % 4] }.joined(),
        ])
    func signs(pem: String) throws {
        let signature = try RSAAppSigner(pem: Secret(pem)).sign(Self.message)
        #expect(signature == (try bytes(hex: Self.signature)))
    }

    /// Little-endian, with its byte order mark.
    private static func utf16(_ text: String) -> [UInt8] {
        [0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    }

    @Test("creates signatures that the public key verifies")
    func verifies() throws {
        let key = try RSAPublicKey(ofPrivateKey: Secret(PublishedKeys.pkcs1))
        let signature = try bytes(hex: Self.signature)
        #expect(key.verify(Self.message, signature: signature))
        #expect(!key.verify(Self.message + [0], signature: signature))
        #expect(!key.verify(Self.message, signature: signature.dropLast() + [0]))
        #expect(!key.verify(Self.message, signature: []))
        #expect(!key.verify([], signature: signature))
    }

    @Test("works with new, different pairs")
    func generates() throws {
        let pair = RSAKeyPair.generate()
        let other = RSAKeyPair.generate()
        for message in [[], Self.message] {
            let signature = try RSAAppSigner(pem: pair.privateKey).sign(message)
            #expect(signature.count == 256)
            #expect(pair.publicKey.verify(message, signature: signature))
            #expect(!other.publicKey.verify(message, signature: signature))
        }
        // The form of GitHub's keys.
        #expect(pair.privateKey.reveal { $0.hasPrefix("-----BEGIN RSA PRIVATE KEY-----\n") })
    }

    @Test(
        "describes what is not a private key, and what to do",
        arguments: [
            ("", "not PEM"), ("hunter2", "not PEM"),
            (PublishedKeys.publicPart, "public key"),
            (PublishedKeys.ellipticCurve, "not an RSA key"),
            (PublishedKeys.locked, "protected with a password"),
            (PublishedKeys.lockedTraditional, "protected with a password"),
            (String(PublishedKeys.pkcs1.dropLast(200)), "damaged"),
            (PublishedKeys.pkcs8.replacing("MII", with: "hunter2"), "damaged"),
            ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "not a private key"),
        ])
    func badKeys(pem: String, reason: String) {
        let failure = #expect(throws: Failure.self) { try RSAAppSigner(pem: Secret(pem)) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains(reason) == true)
        #expect(failure?.message.contains("GITHUB_APP_PRIVATE_KEY") == true)
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test("refuses a key that is too small")
    func smallKey() {
        let pair = RSAKeyPair.generate(bits: 1_024)
        let failure = #expect(throws: Failure.self) { try RSAAppSigner(pem: pair.privateKey) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("1024") == true)
    }

    @Test("may be used by many at once")
    func concurrency() async throws {
        let signer = try RSAAppSigner(pem: Secret(PublishedKeys.pkcs1))
        let expected = try bytes(hex: Self.signature)
        let agreed = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 { group.addTask { try signer.sign(Self.message) == expected } }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(agreed == 32)
    }

    @Test("does not print its key")
    func dumping() throws {
        var dumped = ""
        dump(try RSAAppSigner(pem: Secret(PublishedKeys.pkcs1)), to: &dumped)
        dump(RSAKeyPair.generate(), to: &dumped)
        #expect(!dumped.contains("PRIVATE KEY"))
    }
}
