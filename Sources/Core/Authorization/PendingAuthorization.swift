public import Domain
import GitHub
public import Ports
import Toolbox

/// An authorization that has begun and is not finished: what the callback needs to know.
///
/// It is stored under ``StoreKey/pendingAuthorization(stateHash:)``, for example
/// `pending/mpJKdPCQ…`, sealed for that key, and expires after ten minutes. The sealed text is JSON:
///
/// ```json
/// {"name": "Team A", "tags": {"application": "copilot"}, "verifier": "dBjftJeZ…",
///  "cookieHash": [227, 176, 196, 66], "expires": "2026-11-22T12:10:00Z"}
/// ```
///
/// `cookieHash` has 32 numbers. Once the callback has used the authorization, the value is the four
/// bytes `used`, unsealed.
public struct PendingAuthorization: Sendable {
    /// The time a person has to finish.
    ///
    /// GitHub's code is valid equally long.
    public static let lifetime: Duration = .seconds(600)

    /// The integration's name, as the person entered it.
    public var name: String
    /// The tags of the integration's samples.
    public var tags: SampleTags
    /// The PKCE code verifier, to which GitHub's code is bound.
    public var verifier: Secret
    /// The SHA-256 of the secret in the browser's cookie.
    public var cookieHash: [UInt8]
    /// The time after which it can no longer be finished.
    public var expires: Timestamp

    /// Creates an authorization.
    public init(
        name: String, tags: SampleTags, verifier: Secret, cookieHash: [UInt8], expires: Timestamp
    ) {
        self.name = name
        self.tags = tags
        self.verifier = verifier
        self.cookieHash = cookieHash
        self.expires = expires
    }

    /// The key of the authorization with the given `state` parameter.
    ///
    /// The state itself is not stored, so anyone who can read the store still cannot finish an
    /// authorization that somebody else began.
    public static func key(state: String, hashing: any Hashing) -> StoreKey {
        .pendingAuthorization(
            stateHash: Base64URL.encode(hashing.sha256(Array(state.utf8))))
    }

    /// The value that replaces a used authorization, because a state works once.
    public static let used: [UInt8] = Array("used".utf8)

    private struct Content: Codable {
        var name: String
        var tags: SampleTags
        var verifier: String
        var cookieHash: [UInt8]
        var expires: Timestamp
    }

    /// Seals the authorization for its key.
    public func sealed(for key: StoreKey, in vault: any Vault) -> [UInt8] {
        let content = Content(
            name: name, tags: tags, verifier: verifier.reveal { $0 }, cookieHash: cookieHash,
            expires: expires)
        return vault.seal(
            Secret(String(decoding: JSON.encode(content), as: UTF8.self)), for: key)
    }

    /// Opens an authorization that ``sealed(for:in:)`` sealed.
    ///
    /// - Throws: `unreadableState` if the value was sealed for another key or with an unknown encryption key.
    public init(
        opening bytes: [UInt8], from key: StoreKey, in vault: any Vault
    ) throws(Failure) {
        let content = try vault.open(bytes, from: key).reveal { text throws(Failure) in
            try JSON.decode(Content.self, from: Array(text.utf8), at: key)
        }
        self.init(
            name: content.name, tags: content.tags, verifier: Secret(content.verifier),
            cookieHash: content.cookieHash, expires: content.expires)
    }
}
