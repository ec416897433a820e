public import GitHub
import Toolbox
public import Domain
public import Ports

/// An integration's tokens as they lie in the store: sealed, for their one key.
public enum Credentials {
    private struct Content: Codable {
        var access: String
        var accessExpires: Timestamp?
        var refresh: String?
        var refreshExpires: Timestamp?
    }

    /// Seals tokens.
    ///
    /// - Parameters:
    ///   - tokens: What GitHub gave.
    ///   - id: The integration, under whose ``StoreKey/credentials(_:)`` they are kept.
    ///   - vault: What seals them.
    /// - Returns: The bytes to store.
    public static func seal(
        _ tokens: UserTokens, of id: IntegrationID, in vault: any Vault
    ) -> [UInt8] {
        let content = Content(
            access: tokens.access.reveal { $0 }, accessExpires: tokens.accessExpires,
            refresh: tokens.refresh?.reveal { $0 }, refreshExpires: tokens.refreshExpires)
        return vault.seal(
            Secret(String(decoding: JSON.encode(content), as: UTF8.self)), for: .credentials(id))
    }

    /// Opens what ``seal(_:of:in:)`` made.
    ///
    /// - Parameters:
    ///   - bytes: What is stored.
    ///   - id: The integration.
    ///   - vault: What opens it.
    /// - Returns: The tokens.
    /// - Throws: `unreadableState`.
    public static func open(
        _ bytes: [UInt8], of id: IntegrationID, in vault: any Vault
    ) throws(Failure) -> UserTokens {
        let place = StoreKey.credentials(id)
        let content = try vault.open(bytes, from: place).reveal { text throws(Failure) in
            try JSON.decode(Content.self, from: Array(text.utf8), at: place)
        }
        return UserTokens(
            access: Secret(content.access), accessExpires: content.accessExpires,
            refresh: content.refresh.map(Secret.init), refreshExpires: content.refreshExpires)
    }
}
