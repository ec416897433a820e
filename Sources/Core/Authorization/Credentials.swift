public import Domain
public import GitHub
public import Ports
import Toolbox

/// The encoding of an integration's tokens in the store.
///
/// They are stored under ``StoreKey/credentials(_:)``, for example `credentials/9-copilot`, and sealed
/// for that key. The sealed text is JSON. Only `access` is always present:
///
/// ```json
/// {"access": "ghu_…", "accessExpires": "2026-11-22T20:00:00Z", "issued": "2026-11-22T12:00:00Z",
///  "refresh": "ghr_…", "refreshExpires": "2027-05-25T12:00:00Z", "version": 1}
/// ```
public enum Credentials {
    private struct Content: Codable {
        var access: String
        var accessExpires: Timestamp?
        var issued: Timestamp?
        var refresh: String?
        var refreshExpires: Timestamp?
    }

    /// Seals tokens.
    ///
    /// - Returns: The value to store under ``StoreKey/credentials(_:)`` of the integration.
    public static func seal(
        _ tokens: UserTokens, of id: IntegrationID, in vault: any Vault
    ) -> [UInt8] {
        let content = Content(
            access: tokens.access.secret.reveal { $0 }, accessExpires: tokens.accessExpires,
            issued: tokens.access.issued, refresh: tokens.refresh?.reveal { $0 },
            refreshExpires: tokens.refreshExpires)
        let place = StoreKey.credentials(id)
        return vault.seal(
            Secret(String(decoding: Stored.encode(content, for: place), as: UTF8.self)), for: place)
    }

    /// Opens tokens that ``seal(_:of:in:)`` sealed.
    ///
    /// - Throws: `newerFormat` if a newer version of the program stored it, or `unreadableState` if it was sealed for another key or with an unknown encryption key.
    public static func open(
        _ bytes: [UInt8], of id: IntegrationID, in vault: any Vault
    ) throws(Failure) -> UserTokens {
        let place = StoreKey.credentials(id)
        let content = try vault.open(bytes, from: place).reveal { text throws(Failure) in
            try Stored.decode(Content.self, from: Array(text.utf8), at: place)
        }
        return UserTokens(
            access: Secret(content.access), issued: content.issued,
            accessExpires: content.accessExpires, refresh: content.refresh.map(Secret.init),
            refreshExpires: content.refreshExpires)
    }
}
