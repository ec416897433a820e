import Domain
import Testing
import Toolbox

@Suite("Encodings")
struct EncodingTests {
    @Test(
        "base64url decodes only its own encoding",
        arguments: [
            ([], ""), ([0xFB, 0xFF], "-_8"), ([0x66], "Zg"), ([0x66, 0x6F, 0x6F], "Zm9v"),
        ] as [([UInt8], String)])
    func base64URL(bytes: [UInt8], text: String) {
        #expect(Base64URL.encode(bytes) == text)
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(
        "base64url refuses padding, the standard alphabet and stray bits",
        arguments: ["Zg==", "+/8", "Zh", "Z", "Zg\n"])
    func refusedBase64URL(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test("hex has two lower-case digits per byte")
    func hex() {
        #expect(Hex.encode([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
    }

    @Test(
        "an HTTP date survives a round trip",
        arguments: [0, 784_111_777, 951_782_400, 1_709_164_800, 4_102_444_799] as [Int64])
    func httpDate(seconds: Int64) {
        let moment = Timestamp(seconds: seconds)
        #expect(HTTPDate.parse(HTTPDate.format(moment)) == moment)
    }

    @Test("an HTTP date is formatted as in RFC 9110")
    func httpDateOfTheStandard() {
        #expect(
            HTTPDate.format(Timestamp(seconds: 784_111_777)) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }

    @Test(
        "an HTTP date in an obsolete form is refused",
        arguments: [
            "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 31 Feb 1994 08:49:37 GMT", "",
        ])
    func refusedHTTPDate(text: String) {
        #expect(HTTPDate.parse(text) == nil)
    }
}
