import OpenSSLCrypto
import Testing

@Suite("AES-256-GCM with OpenSSL")
struct AESGCMTests {
    /// A test vector in hexadecimal.
    ///
    /// The box is the ciphertext and the tag.
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let key: String
        let nonce: String
        let message: String
        let associated: String
        let box: String
    }

    // McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, cases 13 to 16.
    static let vectors = [
        Vector(
            testDescription: "case 13", key: String(repeating: "00", count: 32),
            nonce: "000000000000000000000000", message: "", associated: "",
            box: "530f8afbc74536b9a963b4f1c4cb738b"),
        Vector(
            testDescription: "case 14", key: String(repeating: "00", count: 32),
            nonce: "000000000000000000000000", message: "00000000000000000000000000000000",
            associated: "",
            box: "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"),
        Vector(
            testDescription: "case 15",
            key: String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2),
            nonce: "cafebabefacedbaddecaf888",
            message: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b391aafd255
                """,
            associated: "",
            box: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662898015ad
                b094dac5d93471bdec1a502270e3cc6c
                """),
        Vector(
            testDescription: "case 16",
            key: String(repeating: "feffe9928665731c6d6a8f9467308308", count: 2),
            nonce: "cafebabefacedbaddecaf888",
            message: """
                d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72
                1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39
                """,
            associated: "feedfacedeadbeeffeedfacedeadbeefabaddad2",
            box: """
                522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa
                8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f66276fc6ece
                0f4e1768cddf8853bb2d551b
                """),
    ]

    @Test("agrees with the authors' test vectors", arguments: vectors)
    func agrees(vector: Vector) throws {
        let (key, nonce) = (try bytes(hex: vector.key), try bytes(hex: vector.nonce))
        let message = try bytes(hex: vector.message)
        let associated = try bytes(hex: vector.associated)
        let box = try bytes(hex: vector.box)
        #expect(AESGCM.seal(message, key: key, nonce: nonce, associated: associated) == box)
        #expect(AESGCM.open(box, key: key, nonce: nonce, associated: associated) == message)
    }

    @Test("refuses a message with a single changed bit", arguments: vectors)
    func changed(vector: Vector) throws {
        let (key, nonce) = (try bytes(hex: vector.key), try bytes(hex: vector.nonce))
        let associated = try bytes(hex: vector.associated)
        let box = try bytes(hex: vector.box)
        func flipped(_ bytes: [UInt8]) -> [[UInt8]] {
            bytes.indices.map { index in
                var other = bytes
                other[index] ^= 1 << (index % 8)
                return other
            }
        }
        for other in flipped(box) + [Array(box.dropLast()), Array(box.dropFirst()), box + [0], []] {
            #expect(AESGCM.open(other, key: key, nonce: nonce, associated: associated) == nil)
        }
        for other in flipped(key) {
            #expect(AESGCM.open(box, key: other, nonce: nonce, associated: associated) == nil)
        }
        for other in flipped(nonce) + [[], nonce + [0]] {
            #expect(AESGCM.open(box, key: key, nonce: other, associated: associated) == nil)
        }
        for other in flipped(associated) + [associated + [0]] {
            #expect(AESGCM.open(box, key: key, nonce: nonce, associated: other) == nil)
        }
    }
}
