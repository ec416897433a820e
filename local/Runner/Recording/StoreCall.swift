import Domain
import Ports

/// Calls of a store, as they are recorded and compared.
extension RecordedRun.StoreCall {
    static func entry(_ key: StoreKey) -> Self { Self(call: "entry", key: key.description) }

    static func put(
        _ value: [UInt8], _ key: StoreKey, _ condition: StoreCondition, _ expiry: Timestamp?
    ) -> Self {
        let until = expiry.map { ", until \($0)" } ?? ""
        return Self(
            call: "put", key: key.description, terms: "\(words(condition))\(until)",
            value: .bytes(value))
    }

    static func remove(_ key: StoreKey, _ condition: StoreCondition) -> Self {
        Self(call: "remove", key: key.description, terms: words(condition))
    }

    static func keys(_ prefix: String, _ cursor: StoreKey?, _ limit: Int) -> Self {
        let after = cursor.map { " after \($0)" } ?? ""
        return Self(call: "keys", key: prefix, terms: "at most \(limit)\(after)")
    }

    /// The call without its answer, for the names of differences.
    var name: String { "store \(call) \(key)" }

    private static func words(_ condition: StoreCondition) -> String {
        switch condition {
        case .always: "always"
        case .absent: "if absent"
        case .version(let version): "if version \(version.rawValue)"
        }
    }
}
