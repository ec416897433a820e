/// Text of an attribute, and how a header field of HTTP carries it.
///
/// Sources: CloudEvents 1.0.2, section "Type System"; its HTTP protocol binding, section 3.1.3.2.
enum AttributeText {
    /// Whether a string may be an attribute's value: it holds no control characters and no
    /// noncharacters.
    static func isAllowed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: false
            default: scalar.value & 0xFFFE != 0xFFFE
            }
        }
    }

    /// Whether a string may name an attribute: lower-case letters and digits of ASCII.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            }
    }

    /// A name for a message to a person: only one that is short and plain is repeated.
    static func shown(_ name: String) -> String {
        let isPlain =
            name.utf8.count <= 40
            && name.unicodeScalars.allSatisfy { scalar in
                (scalar.isASCII && isName(String(scalar).lowercased())) || scalar == "-"
                    || scalar == "_"
            }
        return isPlain ? name : "an attribute"
    }

    /// Writes text for a header field: spaces, quotes, percent signs and all that is not printable
    /// ASCII become the percent-encoded bytes of their UTF-8.
    static func headerValue(_ text: String) -> String {
        var value = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "%"), 0...0x20, 0x7F...0xFF:
                let digits = String(byte, radix: 16, uppercase: true)
                value += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
            default: value.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return value
    }

    /// Reads text from a header field: quoted strings are unescaped, then percent-encoding is
    /// undone, once.
    ///
    /// - Returns: The text; nil if a quote is left open, an escape is incomplete, or the bytes are no
    ///   UTF-8 or no text that an attribute may have.
    static func parse(headerValue: String) -> String? {
        guard let encoded = unquoted(headerValue), let bytes = decoded(encoded),
            let text = String(validating: bytes, as: UTF8.self), isAllowed(text)
        else { return nil }
        return text
    }

    private static func unquoted(_ value: String) -> [UInt8]? {
        var result: [UInt8] = []
        var bytes = value.utf8.makeIterator()
        var isQuoted = false
        while let byte = bytes.next() {
            switch byte {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "\\") where isQuoted:
                guard let escaped = bytes.next() else { return nil }
                result.append(escaped)
            // What is not printable has to be encoded, whatever some senders do.
            case 0x20...0x7E: result.append(byte)
            default: return nil
            }
        }
        return isQuoted ? nil : result
    }

    private static func decoded(_ value: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var rest = value[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                result.append(byte)
                continue
            }
            guard rest.count >= 2, let high = digit(rest.removeFirst()),
                let low = digit(rest.removeFirst())
            else { return nil }
            result.append(high << 4 | low)
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(Unicode.Scalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
