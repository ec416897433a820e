import Domain

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads reports line by line, independently of the product's reader.
enum NDJSON {
    /// The records of a file; null for a line that is not JSON.
    static func lines(_ bytes: [UInt8]) -> [JSONValue] {
        bytes.split(separator: UInt8(ascii: "\n")).map { line in
            (try? JSONDecoder().decode(JSONValue.self, from: Data(line))) ?? .null
        }
    }
}

/// Follows the paths of the catalogue.
enum Path {
    /// The objects that contain the last field of a path; `list[]` stands for each element of a list.
    static func holders(of path: [String], in value: JSONValue) -> [JSONValue] {
        guard path.count > 1 else { return [value] }
        let rest = Array(path.dropFirst())
        guard path[0].hasSuffix("[]") else {
            return value[path[0]].map { holders(of: rest, in: $0) } ?? []
        }
        guard case .array(let elements)? = value[String(path[0].dropLast(2))] else { return [] }
        return elements.flatMap { holders(of: rest, in: $0) }
    }

    /// The number, whether JSON wrote it as an integer or not.
    static func number(_ value: JSONValue?) -> Double? {
        switch value {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}
