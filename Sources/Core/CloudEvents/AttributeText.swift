/// The text of an attribute, and its encoding in HTTP header fields.
///
/// Sources: CloudEvents 1.0.2, section "Type System"; HTTP protocol binding, section 3.1.3.2.
enum AttributeText {
    /// Returns whether a string can be an attribute's value: it contains neither control characters
    /// nor noncharacters.
    static func isAllowed(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            switch scalar.value {
            case 0...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: false
            default: scalar.value & 0xFFFE != 0xFFFE
            }
        }
    }

    /// Returns whether a string can be an attribute's name: lower-case ASCII letters and digits.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte
                    || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            }
    }

    /// Returns a name for an error message.
    ///
    /// Only a short, plain name is quoted.
    static func shown(_ name: String) -> String {
        let isPlain =
            name.utf8.count <= 40
            && name.unicodeScalars.allSatisfy { scalar in
                (scalar.isASCII && isName(String(scalar).lowercased())) || scalar == "-"
                    || scalar == "_"
            }
        return isPlain ? name : "an attribute"
    }

    /// Encodes text for a header field.
    ///
    /// Spaces, quotes, percent signs and all characters that are not printable ASCII are
    /// percent-encoded as UTF-8.
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

    /// Decodes a header field: first quoted strings, then percent-encoding, once.
    ///
    /// - Returns: The text; nil if a quote or an escape is incomplete, the bytes are not UTF-8, or the
    ///   text is not allowed in an attribute.
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
            // Other characters must be percent-encoded, although some senders do not.
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
