#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Fields of a query or a form body, `application/x-www-form-urlencoded`, in order and with
/// repetitions.
///
///     Form("name=Ada+L&tag=a&tag=b")["name"]            // "Ada L"
///     Form([("state", "a b"), ("code", "c&d")]).encoded // "state=a%20b&code=c%26d"
///
/// Source: <https://url.spec.whatwg.org/#application/x-www-form-urlencoded>.
public struct Form: Sendable {
    /// The names and values, decoded.
    public let fields: [(name: String, value: String)]

    /// Creates a form from decoded names and values.
    public init(_ fields: [(String, String)]) {
        self.fields = fields.map { (name: $0.0, value: $0.1) }
    }

    /// Parses an encoded form.
    ///
    /// Any text is a form: a percent sign without two digits stands for itself, and bytes that are
    /// not UTF-8 become U+FFFD.
    public init(_ encoded: some StringProtocol) {
        fields = Array(encoded.utf8).split(separator: UInt8(ascii: "&")).map { field in
            let parts = field.split(
                separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (Self.decode(parts[0]), parts.count == 2 ? Self.decode(parts[1]) : "")
        }
    }

    /// The value of the first field with a name; nil if there is none or it is empty.
    public subscript(_ name: String) -> String? {
        let value = fields.first { $0.name == name }?.value
        return value == "" ? nil : value
    }

    /// The values of all fields with a name.
    public func all(_ name: String) -> [String] {
        fields.filter { $0.name == name }.map(\.value)
    }

    /// The first value of each name.
    public var first: [String: String] {
        Dictionary(fields.map { ($0.name, $0.value) }) { first, _ in first }
    }

    /// The form as text, for a query or a body.
    public var encoded: String {
        var components = URLComponents()
        components.queryItems = fields.map { URLQueryItem(name: $0.name, value: $0.value) }
        // A query may contain a bare plus sign, but a form reads it as a space.
        return (components.percentEncodedQuery ?? "").replacing("+", with: "%2B")
    }

    private static func decode(_ text: ArraySlice<UInt8>) -> String {
        var bytes: [UInt8] = []
        var rest = text
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let high = rest.first.flatMap(digit),
                let low = rest.dropFirst().first.flatMap(digit)
            {
                bytes.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        Character(UnicodeScalar(byte)).hexDigitValue.map(UInt8.init)
    }
}
