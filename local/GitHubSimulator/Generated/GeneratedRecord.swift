import Toolbox

/// A JSON object that keeps the order of its fields, because the order varies in GitHub's records.
struct GeneratedRecord: Sendable {
    /// A value of a field.
    enum Value: Sendable {
        case null
        case bool(Bool)
        case int(Int)
        case number(Double)
        case text(String)
        case list([GeneratedRecord])
        case object(GeneratedRecord)
    }

    private(set) var fields: [(name: String, value: Value)] = []

    /// Adds a field.
    mutating func add(_ name: String, _ value: Value) { fields.append((name, value)) }

    /// Adds a field that is a whole number.
    mutating func add(_ name: String, _ value: Int) { add(name, .int(value)) }

    /// Shuffles the fields.
    mutating func shuffle(using random: inout SeededRandom) { fields.shuffle(using: &random) }

    /// Writes compact JSON.
    func write(into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "{"))
        for (index, field) in fields.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            Self.write(field.name, into: &bytes)
            bytes.append(UInt8(ascii: ":"))
            Self.write(field.value, into: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    private static func write(_ value: Value, into bytes: inout [UInt8]) {
        switch value {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .int(let value): bytes += String(value).utf8
        case .number(let value): bytes += "\(value)".utf8
        case .text(let value): write(value, into: &bytes)
        case .object(let value): value.write(into: &bytes)
        case .list(let values):
            bytes.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                value.write(into: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        }
    }

    /// Writes a string with the escapes that RFC 8259, section 7, requires.
    private static func write(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20: bytes += "\\u\(Hex.encode(UInt16(byte)))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
