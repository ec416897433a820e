import Domain
import Ports
import Toolbox

extension Vault {
    /// Seals a value as JSON with its version, to be stored under `key`.
    func seal(_ value: some Encodable, for key: StoreKey) -> [UInt8] {
        seal(Secret(String(decoding: Stored.encode(value, for: key), as: UTF8.self)), for: key)
    }

    /// Opens a value that the method above sealed.
    ///
    /// - Throws: `newerFormat` if a newer version of the program stored it, or `unreadableState` if it
    ///   was sealed for another key or with an unknown encryption key.
    func open<Value: Decodable>(
        _ type: Value.Type, _ sealed: [UInt8], from key: StoreKey
    ) throws(Failure) -> Value {
        try open(sealed, from: key).reveal { text throws(Failure) in
            try Stored.decode(type, from: Array(text.utf8), at: key)
        }
    }
}
