public import Domain
public import GitHub
public import Ports

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
        return vault.seal(content, for: .credentials(id))
    }

    /// Opens tokens that ``seal(_:of:in:)`` sealed.
    ///
    /// - Throws: `newerFormat` if a newer version of the program stored them, or `unreadableState` if
    ///   they were sealed for another key or with an unknown encryption key.
    public static func open(
        _ bytes: [UInt8], of id: IntegrationID, in vault: any Vault
    ) throws(Failure) -> UserTokens {
        let content = try vault.open(Content.self, bytes, from: .credentials(id))
        return UserTokens(
            access: Secret(content.access), issued: content.issued,
            accessExpires: content.accessExpires, refresh: content.refresh.map(Secret.init),
            refreshExpires: content.refreshExpires)
    }
}
