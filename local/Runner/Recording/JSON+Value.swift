import Domain
import Ports
import Toolbox

extension JSON {
    /// The value of a JSON document; text that is not JSON becomes a JSON string.
    static func value(of bytes: [UInt8]) -> JSONValue {
        value(bytes) ?? .string(String(decoding: bytes, as: UTF8.self))
    }
}
