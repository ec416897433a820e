public import Domain
import GitHub
public import Ports
import Toolbox

/// An authorization that has begun and is not finished: what the callback needs to know.
///
/// The browser keeps it, sealed, in its cookie. So beginning an authorization stores nothing, however
/// often anyone asks for it, and only the browser that began can finish. The sealed text is JSON:
///
/// ```json
/// {"name": "Team A", "tags": {"application": "copilot"}, "verifier": "dBjftJeZ…",
///  "expires": "2026-11-22T12:10:00Z"}
/// ```
///
/// It is sealed for the key of its `state` parameter, for example `used-authorization/mpJKdPCQ…`, so
/// it opens for that state only. Under the same key the callback stores that the state was used: a
/// state works once.
public struct PendingAuthorization: Sendable {
    /// The time a person has to finish.
    ///
    /// GitHub's code is valid equally long.
    public static let lifetime: Duration = .seconds(600)

    /// The time a person has who first installs the App.
    ///
    /// Choosing organizations takes longer than consenting.
    public static let installingLifetime: Duration = .seconds(3_600)

    /// The integration's name, as the person entered it.
    public var name: String
    /// The tags of the integration's samples.
    public var tags: SampleTags
    /// The PKCE code verifier, to which GitHub's code is bound.
    ///
    /// nil if it began with the installation: then GitHub makes the request for the code itself, and
    /// binds it to no challenge.
    public var verifier: Secret?
    /// The time after which it can no longer be finished.
    public var expires: Timestamp

    /// Creates an authorization.
    public init(name: String, tags: SampleTags, verifier: Secret?, expires: Timestamp) {
        self.name = name
        self.tags = tags
        self.verifier = verifier
        self.expires = expires
    }

    /// The key for which the authorization with the given `state` parameter is sealed.
    ///
    /// It does not reveal the state, so anyone who can read the store still cannot finish an
    /// authorization that somebody else began.
    public static func key(state: String, hashing: any Hashing) -> StoreKey {
        .usedAuthorization(stateHash: Base64URL.encode(hashing.sha256(Array(state.utf8))))
    }

    private struct Content: Codable {
        var name: String
        var tags: SampleTags
        var verifier: String?
        var expires: Timestamp
    }

    /// Seals the authorization for its key.
    ///
    /// - Returns: Text for a cookie: no name or tag makes it longer than the 4,096 bytes that browsers
    ///   accept (RFC 6265, section 6.1).
    public func sealed(for key: StoreKey, in vault: any Vault) -> String {
        let content = Content(
            name: name, tags: tags, verifier: verifier?.reveal { $0 }, expires: expires)
        let text = Secret(String(decoding: JSON.encode(content), as: UTF8.self))
        return String(decoding: vault.seal(text, for: key), as: UTF8.self)
    }

    /// Opens an authorization that ``sealed(for:in:)`` sealed.
    ///
    /// - Throws: `unreadableState` if the text was sealed for another key or with an unknown encryption
    ///   key, or was not sealed at all.
    public init(
        opening sealed: String, from key: StoreKey, in vault: any Vault
    ) throws(Failure) {
        let content = try vault.open(Array(sealed.utf8), from: key).reveal {
            text throws(Failure) in
            try JSON.decode(Content.self, from: Array(text.utf8), at: key)
        }
        self.init(
            name: content.name, tags: content.tags, verifier: content.verifier.map(Secret.init),
            expires: content.expires)
    }
}
