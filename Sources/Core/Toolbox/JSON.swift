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
        let parser = JSONParser()
        if let value = parsed(bytes, by: parser) { return value }
        return plain(bytes).flatMap { parsed($0, by: parser) }
    }

    private static func parsed(_ bytes: [UInt8], by parser: borrowing JSONParser) -> JSONValue? {
        let padded = bytes + [UInt8](repeating: 0, count: JSONParser.padding)
        guard let tape = try? parser.parse(padded.span, bytes.indices) else { return nil }
        return JSONValue(tape, at: Tape.root)
    }

    /// Rewrites what JSON may have and simdjson refuses: a whole number that does not fit into 64 bits
    /// gets a fraction, with which it is rounded, and a byte order mark is left out.
    ///
    /// - Returns: The document; nil if it has nothing of it.
    private static func plain(_ bytes: [UInt8]) -> [UInt8]? {
        var result: [UInt8] = []
        var (isText, isEscaped) = (false, false)
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        var isChanged = bytes.starts(with: mark)
        var place = isChanged ? mark.count : 0
        while place < bytes.count {
            let byte = bytes[place]
            if !isText, isPartOfNumber(byte) {
                let number = bytes[place...].prefix(while: isPartOfNumber)
                result += number
                if isTooLong(number) {
                    result += ".0".utf8
                    isChanged = true
                }
                place = number.endIndex
                continue
            }
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isText: isEscaped = true
            case UInt8(ascii: "\""): isText.toggle()
            default: break
            }
            result.append(byte)
            place += 1
        }
        return isChanged ? result : nil
    }

    private static func isPartOfNumber(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || "+-.eE".utf8.contains(byte)
    }

    private static func isTooLong(_ number: ArraySlice<UInt8>) -> Bool {
        guard number.count >= 19, !number.contains(where: ".eE".utf8.contains) else { return false }
        let text = String(decoding: number, as: UTF8.self)
        return Int64(text) == nil && UInt64(text) == nil
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
