import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads reports line by line, by another reader than the one under construction elsewhere.
enum NDJSON {
    /// The records of a file; a line that is not JSON gives a null, which no test takes.
    static func lines(_ bytes: [UInt8]) -> [JSONValue] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            (try? JSONDecoder().decode(JSONValue.self, from: Data(line))) ?? .null
        }
    }
}

/// Walks the paths of the catalogue.
enum Path {
    /// The objects that hold the last field of a path, `list[]` being each element.
    static func holders(of path: [String], in value: JSONValue) -> [JSONValue] {
        guard path.count > 1 else { return [value] }
        let rest = Array(path.dropFirst())
        guard path[0].hasSuffix("[]") else {
            return value[path[0]].map { holders(of: rest, in: $0) } ?? []
        }
        guard case .array(let elements)? = value[String(path[0].dropLast(2))] else { return [] }
        return elements.flatMap { holders(of: rest, in: $0) }
    }

    /// A number, however JSON wrote it.
    static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
