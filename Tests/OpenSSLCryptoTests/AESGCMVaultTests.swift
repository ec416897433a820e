import Domain
import OpenSSLCrypto
import Ports
import Testing

@Suite("The vault")
struct AESGCMVaultTests {
    // The bytes 0 to 31, and 32 to 63.
    static let key = Secret("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
    static let otherKey = Secret("ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=")

    let place: StoreKey
    let elsewhere: StoreKey

    init() throws {
        place = try #require(StoreKey("credentials/a1"))
        elsewhere = try #require(StoreKey("credentials/a2"))
    }

    func text(_ secret: Secret) -> String { secret.reveal { $0 } }

    @Test("opens what it sealed", arguments: ["", "gho_s3cret", "ü 🔑 \n\0", "a.b.c.d"])
    func roundTrip(secret: String) throws {
        let vault = try AESGCMVault(keys: [Self.key])
        let sealed = vault.seal(Secret(secret), for: place)
        #expect(text(try vault.open(sealed, from: place)) == secret)
    }

    @Test("opens what another implementation sealed")
    func fixedForm() throws {
        // Created by Python's `cryptography` with the nonce 100, 101, … 111.
        let sealed = "v1.630dcd29.ZGVmZ2hpamtsbW5v.L3OxOQraNexbFn8rZusiizQaSpgPW9Z0LfBXbHo"
        let vault = try AESGCMVault(keys: [Self.otherKey, Self.key])
        #expect(text(try vault.open(Array(sealed.utf8), from: place)) == "gho_s3cret ü")
    }

    @Test("seals as text with version and key id, always differently")
    func form() throws {
        let vault = try AESGCMVault(keys: [Self.key])
        let sealed = (0..<8).map { _ in
            String(decoding: vault.seal(Secret("gho_s3cret"), for: place), as: UTF8.self)
        }
        for text in sealed {
            // 96 bits of nonce are 16 characters; 10 bytes and 16 of tag are 35.
            #expect(text.wholeMatch(of: #/v1\.630dcd29\.[\w-]{16}\.[\w-]{35}/#) != nil)
        }
        #expect(Set(sealed).count == sealed.count)
    }

    @Test("seals with the first key and opens with all")
    func rotation() throws {
        let old = try AESGCMVault(keys: [Self.key])
        let rotated = try AESGCMVault(keys: [Self.otherKey, Self.key])
        let oldSealed = old.seal(Secret("old"), for: place)
        let newSealed = rotated.seal(Secret("new"), for: place)
        #expect(text(try rotated.open(oldSealed, from: place)) == "old")
        #expect(text(try rotated.open(newSealed, from: place)) == "new")
        let failure = #expect(throws: Failure.self) { try old.open(newSealed, from: place) }
        #expect(failure?.code == .unreadableState)
        #expect(failure?.message.contains("STATE_ENCRYPTION_KEYS") == true)
    }

    @Test("refuses what was moved, changed or never sealed")
    func refusals() throws {
        let vault = try AESGCMVault(keys: [Self.key, Self.otherKey])
        let sealed = vault.seal(Secret("gho_s3cret"), for: place)
        var cases = [(sealed, elsewhere)]
        for index in sealed.indices {
            var other = sealed
            // A different character of base64url, so that the text stays well formed if possible.
            other[index] = other[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            cases.append((other, place))
        }
        for text in [
            "", "gho_s3cret", "v1...", "v1.630dcd29..", "v2.630dcd29.AAAA.AAAA", "a.b.c.d",
        ] {
            cases.append((Array(text.utf8), place))
        }
        cases.append((sealed + [UInt8(ascii: "."), UInt8(ascii: "A")], place))
        cases.append(([0xFF, 0xFE], place))
        for (sealed, place) in cases {
            let failure = #expect(throws: Failure.self) { try vault.open(sealed, from: place) }
            let isNewer = sealed.starts(with: "v2.".utf8)
            #expect(failure?.code == (isNewer ? .newerFormat : .unreadableState))
            #expect(failure?.message.contains(place.description) == true)
            #expect(failure?.message.contains("gho_") == false)
        }
    }

    @Test(
        "accepts only 256-bit keys in base64, and reports how to create one",
        arguments: [
            [], [""], ["hunter2"], ["AAECAwQFBgcICQoLDA0ODw=="],
            ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g"],
            ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "hunter2"],
        ])
    func badKeys(keys: [String]) {
        let failure = #expect(throws: Failure.self) { try AESGCMVault(keys: keys.map(Secret.init)) }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("STATE_ENCRYPTION_KEYS") == true)
        #expect(failure?.message.contains("openssl rand -base64 32") == true)
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test("accepts a key with a line break")
    func keyWithLineBreak() throws {
        let sealed = try AESGCMVault(keys: [Self.key]).seal(Secret("s"), for: place)
        let padded = Secret(" AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\r\n")
        #expect(text(try AESGCMVault(keys: [padded]).open(sealed, from: place)) == "s")
    }

    @Test("does not print its keys")
    func dumping() throws {
        var dumped = ""
        dump(try AESGCMVault(keys: [Self.key]), to: &dumped)
        #expect(!dumped.contains("AAEC") && !dumped.contains("- 31"))
    }
}
