public import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// JSON as this system writes it: sorted keys, so that equal values are equal bytes.
public enum JSON {
    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: The value; one that JSON cannot hold, such as an infinity, is a mistake here and
    ///     not bad input, and stops the program.
    ///   - isPretty: Whether to indent, for people.
    /// - Returns: UTF-8 without a line break at the end.
    public static func encode(_ value: some Encodable, isPretty: Bool = false) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        do {
            return [UInt8](try encoder.encode(value))
        } catch {
            preconditionFailure("JSON cannot hold a value of \(type(of: value)): \(error)")
        }
    }

    /// Reads what a stranger sent.
    ///
    /// - Parameter bytes: Any bytes.
    /// - Returns: The value; nil if they are not JSON.
    public static func value(_ bytes: [UInt8]) -> JSONValue? {
        guard isStrict(bytes) else { return nil }
        return try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// Judges what the system's decoder lets pass although it is no JSON.
    ///
    /// Source: RFC 8259, sections 4, 5 and 8.1.
    ///
    /// - Parameter bytes: What a stranger sent.
    /// - Returns: Whether it is UTF-8, and no comma stands before a closing bracket.
    public static func isStrict(_ bytes: [UInt8]) -> Bool {
        guard String(validating: bytes, as: UTF8.self) != nil else { return false }
        var isText = false
        var isEscaped = false
        var isAfterComma = false
        for byte in bytes {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""):
                isText.toggle()
                isAfterComma = false
            case _ where isText, 0x09, 0x0A, 0x0D, 0x20: break
            case UInt8(ascii: "}") where isAfterComma, UInt8(ascii: "]") where isAfterComma:
                return false
            default: isAfterComma = byte == UInt8(ascii: ",")
            }
        }
        return true
    }

    /// Decodes a value that this system wrote.
    ///
    /// - Parameters:
    ///   - type: The type of the value.
    ///   - bytes: UTF-8.
    ///   - place: What is read, for the error.
    /// - Returns: The value.
    /// - Throws: `unreadableState` if the bytes are not such a value.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], at place: some CustomStringConvertible
    ) throws(Failure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure(
                .unreadableState, "what is stored under \(place) is not what this version wrote")
        }
    }
}
