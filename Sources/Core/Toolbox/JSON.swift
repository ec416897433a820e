public import Domain
import JSONTape

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// JSON in the form of this system: keys are sorted, so that equal values have equal bytes.
public enum JSON {
    /// Encodes a value.
    ///
    /// - Parameters:
    ///   - value: A value that JSON can represent. Passing another one, such as an infinity, is a
    ///     programming error and stops the program.
    ///   - isPretty: Whether to indent the text for people.
    /// - Returns: UTF-8 text without a final line break.
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

    /// Parses bytes from outside.
    ///
    /// - Returns: The value; nil if the bytes are not JSON.
    public static func value(_ bytes: [UInt8]) -> JSONValue? {
        let padded = bytes + [UInt8](repeating: 0, count: JSONParser.padding)
        let parser = JSONParser()
        if let tape = try? parser.parse(padded.span, bytes.indices) {
            return JSONValue(tape, at: Tape.root)
        }
        // simdjson refuses what is not JSON, and whole numbers of more than 64 bits, which are.
        guard isStrict(bytes) else { return nil }
        return try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
    }

    /// Parses an event from untrusted bytes.
    ///
    /// - Parameter receiver: What the message begins with, such as the name of a function.
    /// - Throws: `malformedEvent` if the bytes are not JSON.
    public static func event(
        _ bytes: [UInt8], for receiver: String? = nil
    ) throws(Failure) -> JSONValue {
        guard let event = value(bytes) else {
            let prefix = receiver.map { "\($0): " } ?? ""
            throw Failure(.malformedEvent, prefix + "the event is not JSON")
        }
        return event
    }

    /// Checks untrusted bytes for errors that `JSONDecoder` accepts.
    ///
    /// Source: RFC 8259, sections 4, 5 and 8.1.
    ///
    /// - Returns: Whether the bytes are UTF-8 without a comma before a closing bracket.
    private static func isStrict(_ bytes: [UInt8]) -> Bool {
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

    /// Decodes a value that this system encoded.
    ///
    /// - Parameter place: The store key or name of the value, for the error.
    /// - Throws: `unreadableState` if the bytes are not a value of this type.
    public static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: [UInt8], at place: some CustomStringConvertible
    ) throws(Failure) -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw Failure(
                .unreadableState, "the state stored under \(place) cannot be read by this version")
        }
    }
}
