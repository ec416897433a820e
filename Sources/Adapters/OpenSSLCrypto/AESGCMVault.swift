public import Domain
public import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A vault that seals secrets with AES-256-GCM.
///
/// Its keys can be rotated.
///
/// A sealed secret is the text `v1.<key id>.<nonce>.<ciphertext and tag>`, the last two parts in
/// base64url. The version and the place are authenticated. A nonce is 96 random bits, which is safe
/// for about 4 billion secrets per key (NIST SP 800-38D, section 8.3).
public struct AESGCMVault: Vault {
    /// A key, in a ``Secret`` so that it is never printed.
    private struct Key: Sendable {
        let text: Secret

        init?(_ text: Secret) {
            guard Self.bytes(of: text) != nil else { return nil }
            self.text = text
        }

        /// The id, computed on use: OpenSSL's first digest takes longer than the rest of a start.
        var id: String { Hex.encode(OpenSSLHashing().sha256(bytes).prefix(4)) }

        var bytes: [UInt8] { Self.bytes(of: text) ?? [] }

        private static func bytes(of text: Secret) -> [UInt8]? {
            text.reveal { text in
                let bytes = Data(base64Encoded: String(text.filter { !$0.isWhitespace }))
                return bytes?.count == AESGCM.keyByteCount ? bytes.map(Array.init) : nil
            }
        }
    }

    private static let version = "v1"

    private let keys: [Key]
    private let first: Key
    private let entropy = SystemEntropy()

    /// Creates a vault.
    ///
    /// - Parameter keys: 256-bit keys in base64. The first one seals; all of them open.
    /// - Throws: `misconfigured` if there is no key or one is invalid.
    public init(keys: [Secret]) throws(Failure) {
        var checked: [Key] = []
        for (index, text) in keys.enumerated() {
            guard let key = Key(text) else {
                throw Self.misconfigured("key \(index + 1) is not 256 bits in base64")
            }
            checked.append(key)
        }
        guard let first = checked.first else { throw Self.misconfigured("there is no key") }
        self.first = first
        self.keys = checked
    }

    /// Seals a secret; see ``Vault``.
    public func seal(_ secret: Secret, for place: StoreKey) -> [UInt8] {
        let nonce = entropy.bytes(AESGCM.nonceByteCount)
        let box = secret.reveal { text in
            AESGCM.seal(
                Array(text.utf8), key: first.bytes, nonce: nonce, associated: Self.associated(place)
            )
        }
        let parts = [Self.version, first.id, Base64URL.encode(nonce), Base64URL.encode(box)]
        return Array(parts.joined(separator: ".").utf8)
    }

    /// Opens a sealed secret; see ``Vault``.
    public func open(_ sealed: [UInt8], from place: StoreKey) throws(Failure) -> Secret {
        try Stored.check(sealed, at: place)
        guard let parts = Self.parts(of: sealed), let nonce = Base64URL.decode(parts[2]),
            let box = Base64URL.decode(parts[3])
        else {
            throw Failure(.unreadableState, "the entry \(place) is not a sealed secret")
        }
        let candidates = keys.filter { $0.id == parts[1] }
        guard !candidates.isEmpty else {
            throw Failure(
                .unreadableState,
                "the entry \(place) was sealed with a key that STATE_ENCRYPTION_KEYS does not contain."
                    + " Add that key after the first one.")
        }
        for key in candidates {
            let associated = Self.associated(place)
            let text = AESGCM.open(box, key: key.bytes, nonce: nonce, associated: associated)
            if let text { return Secret(String(decoding: text, as: UTF8.self)) }
        }
        throw Failure(
            .unreadableState, "the entry \(place) was changed, or sealed for a different place")
    }

    /// The number of keys.
    public var keyCount: Int { keys.count }

    /// The key that sealed a value; see ``Vault``.
    public func key(of value: [UInt8]) -> SealingKey? {
        guard let parts = Self.parts(of: value), parts[1].utf8.count == 8 else { return nil }
        let position = keys.firstIndex { $0.id == parts[1] }
        return position.map(SealingKey.configured) ?? .other(id: String(parts[1]))
    }

    /// The version, the id of the key, the nonce and the box; nil if a value is not sealed.
    private static func parts(of value: [UInt8]) -> [Substring]? {
        // All are text, so a value with other bytes is not sealed.
        guard value.allSatisfy({ 0x21...0x7E ~= $0 }) else { return nil }
        let parts = String(decoding: value, as: UTF8.self)
            .split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == version ? parts : nil
    }

    private static func associated(_ place: StoreKey) -> [UInt8] {
        Array("\(version).\(place)".utf8)
    }

    private static func misconfigured(_ what: String) -> Failure {
        Failure(
            .misconfigured,
            "STATE_ENCRYPTION_KEYS: \(what). Create a key with: openssl rand -base64 32")
    }
}
