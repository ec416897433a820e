import GitHub
import Toolbox
public import Domain
public import Ports

/// An authorization that was begun here and is not finished: what the callback has to know.
public struct PendingAuthorization: Sendable {
    /// How long a person has; GitHub's code lives as long.
    public static let lifetime: Duration = .seconds(600)

    /// What the person calls the integration.
    public var name: String
    /// How its samples are tagged.
    public var tags: SampleTags
    /// The secret that GitHub's code is bound to.
    public var verifier: Secret
    /// The SHA-256 of the secret in the browser's cookie.
    public var cookieHash: [UInt8]
    /// Until when it may be finished.
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

    /// The key of the authorization that a state belongs to.
    ///
    /// The state itself is not stored: who reads the store cannot finish what others began.
    public static func key(state: String, hashing: any Hashing) -> StoreKey {
        .pendingAuthorization(
            stateHash: Base64URL.encode(hashing.sha256(Array(state.utf8))))
    }

    /// What is stored in place of an authorization that was used: a state works once.
    public static let used: [UInt8] = Array("used".utf8)

    private struct Content: Codable {
        var name: String
        var tags: SampleTags
        var verifier: String
        var cookieHash: [UInt8]
        var expires: Timestamp
    }

    /// Seals it for its key.
    public func sealed(for key: StoreKey, in vault: any Vault) -> [UInt8] {
        let content = Content(
            name: name, tags: tags, verifier: verifier.reveal { $0 }, cookieHash: cookieHash,
            expires: expires)
        return vault.seal(
            Secret(String(decoding: JSON.encode(content), as: UTF8.self)), for: key)
    }

    /// Opens what ``sealed(for:in:)`` made.
    ///
    /// - Parameters:
    ///   - bytes: What is stored.
    ///   - key: Under which key.
    ///   - vault: What opens it.
    /// - Throws: `unreadableState`.
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
