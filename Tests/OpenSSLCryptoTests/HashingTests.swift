import OpenSSLCrypto
import Testing

@Suite("Hashing with OpenSSL")
struct HashingTests {
    let hashing = OpenSSLHashing()

    @Test(
        "agrees with the SHA-256 examples of FIPS 180",
        arguments: [
            (
                "abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
            ),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            (
                "a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            ),
            ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ])
    func sha256(text: String, count: Int, expected: String) throws {
        let message = Array(String(repeating: text, count: count).utf8)
        #expect(hashing.sha256(message) == (try bytes(hex: expected)))
    }

    @Test(
        "agrees with the HMAC-SHA-256 cases of RFC 4231, 4.2 to 4.8",
        arguments: [
            (
                String(repeating: "0b", count: 20), "4869205468657265",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                "4a656665", "7768617420646f2079612077616e7420666f72206e6f7468696e673f",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                String(repeating: "aa", count: 20), String(repeating: "dd", count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                "0102030405060708090a0b0c0d0e0f10111213141516171819",
                String(repeating: "cd", count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                String(repeating: "aa", count: 131),
                """
                54657374205573696e67204c6172676572205468616e20426c6f636b2d53697a65204b6579202d2048
                617368204b6579204669727374
                """,
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                String(repeating: "aa", count: 131),
                """
                5468697320697320612074657374207573696e672061206c6172676572207468616e20626c6f636b2d
                73697a65206b657920616e642061206c6172676572207468616e20626c6f636b2d73697a6520646174
                612e20546865206b6579206e6565647320746f20626520686173686564206265666f7265206265696e
                6720757365642062792074686520484d414320616c676f726974686d2e
                """,
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ])
    func hmac(key: String, message: String, expected: String) throws {
        let code = hashing.hmac(try bytes(hex: message), key: try bytes(hex: key))
        #expect(code == (try bytes(hex: expected)))
    }

    @Test("accepts an empty message and an empty key")
    func hmacOfNothing() throws {
        // Python: hmac.new(b"", b"", "sha256").
        let expected = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
        #expect(hashing.hmac([], key: []) == (try bytes(hex: expected)))
    }

    @Test("compares bytes")
    func areEqual() {
        #expect(hashing.areEqual([1, 2], [1, 2]))
        #expect(hashing.areEqual([], []))
        #expect(!hashing.areEqual([1, 2], [1, 3]))
        #expect(!hashing.areEqual([1], [1, 2]))
        #expect(!hashing.areEqual([], [0]))
    }
}

@Suite("Random bytes from OpenSSL")
struct EntropyTests {
    @Test(
        "returns the requested number of bytes, always different ones",
        arguments: [0, 1, 12, 32, 4_096])
    func bytes(count: Int) {
        let drawn = (0..<8).map { _ in SystemEntropy().bytes(count) }
        #expect(drawn.allSatisfy { $0.count == count })
        // Two equal values of 96 random bits are practically impossible.
        if count >= 12 { #expect(Set(drawn).count == drawn.count) }
    }
}
