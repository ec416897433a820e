import Testing

@testable import CloudEvents

/// The HTTP protocol binding of CloudEvents 1.0.2, section 3.1.3.2, sentence by sentence.
@Suite("An attribute in a header field")
struct AttributeTextTests {
    @Test(
        "is encoded in printable ASCII without space, quote and percent sign",
        arguments: [
            ("Euro € 😀", "Euro%20%E2%82%AC%20%F0%9F%98%80"),
            ("a\"b", "a%22b"), ("100%", "100%25"), ("!#$&'()*+,-./:;<=>?@[\\]^_`{|}~", nil),
            ("collect/1001-copilot/7/2026-11-21", nil), ("é", "%C3%A9"), ("\u{7F}", "%7F"),
            ("", nil),
        ] as [(String, String?)])
    func writing(text: String, value: String?) {
        #expect(AttributeText.headerValue(text) == value ?? text)
    }

    @Test(
        "is parsed in every valid encoding",
        arguments: [
            // "values that have been unnecessarily percent-encoded MUST be accepted"
            ("%61b%63", "abc"),
            // "decoding MUST accept lower-case values"
            ("%e2%82%ac", "€"),
            // "A single round of percent-decoding MUST then be performed"
            ("%2541", "%41"),
            // "MUST first be unescaped with respect to double-quoted strings"
            ("\"a b\"", "a b"), ("\"a\\\"b\\\\c\"", "a\"b\\c"),
            // In this order: quoted text is decoded as well.
            ("\"%E2%82%AC\"", "€"),
            // Senders of older versions did not encode spaces.
            ("a b", "a b"), ("", ""),
            // A plus sign is not a space.
            ("a+b", "a+b"),
        ])
    func reading(value: String, text: String) {
        #expect(AttributeText.parse(headerValue: value) == text)
    }

    @Test(
        "is refused",
        arguments: [
            // "byte sequences which are invalid in UTF-8 MUST be rejected", overlong ones included.
            "%C0%A0", "%E2%82", "%FF", "%ED%A0%80", "%F5%80%80%80",
            // An incomplete escape, and an invalid one.
            "%", "%4", "%zz", "%+1", "\"a", "a\"", "\"a\\",
            // "HTTP header values MUST only use printable characters from US-ASCII"
            "€", "a\tb", "a\u{7F}",
            // Not allowed in attributes, section "Type System": control characters and noncharacters.
            "%00", "%0A", "%C2%85", "%EF%BF%BE", "%EF%B7%90",
        ])
    func refusing(value: String) {
        #expect(AttributeText.parse(headerValue: value) == nil)
    }

    @Test("survives a round trip with any characters")
    func roundTrip() {
        // Every allowed character of the first planes, a few at a time.
        let scalars = (0x20...0x2FFF).compactMap(Unicode.Scalar.init)
            .filter { AttributeText.isAllowed(String($0)) }
        for start in stride(from: 0, to: scalars.count, by: 97) {
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars[start..<min(start + 97, scalars.count)])
            let value = AttributeText.headerValue(text)
            #expect(value.utf8.allSatisfy { 0x21...0x7E ~= $0 })
            #expect(
                AttributeText.parse(headerValue: value)?.unicodeScalars.elementsEqual(
                    text.unicodeScalars) == true)
        }
    }
}
