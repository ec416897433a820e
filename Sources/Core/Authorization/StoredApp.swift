public import Domain
public import GitHub
public import Ports

/// The GitHub App that the setup page made, as it is kept in the store.
///
/// It is stored under ``StoreKey/gitHubApp``, sealed for that key. The sealed text is JSON:
///
/// ```json
/// {"id": 42, "slug": "copilot-usage-acme", "clientID": "Iv23li…", "clientSecret": "…",
///  "privateKey": "-----BEGIN RSA PRIVATE KEY-----…", "owner": "acme",
///  "server": "https://github.com", "made": "2026-11-22T12:00:00Z", "version": 1}
/// ```
public struct StoredApp: Sendable {
    /// The App and its credentials.
    public var app: AppRegistration
    /// The base URL of the GitHub that it was made on.
    public var server: String
    /// The time at which it was made.
    public var made: Timestamp

    /// Describes an App that was just made.
    public init(_ app: AppRegistration, server: String, made: Timestamp) {
        self.app = app
        self.server = server
        self.made = made
    }

    /// The App's page on GitHub, which leads its owner to the settings.
    public var page: String { "\(server)/apps/\(app.slug)" }

    private struct Content: Codable {
        var id: Int64
        var slug: String
        var clientID: String
        var clientSecret: String
        var privateKey: String
        var owner: String?
        var server: String
        var made: Timestamp
    }

    /// Seals the App.
    ///
    /// - Returns: The value to store under ``StoreKey/gitHubApp``.
    public func sealed(in vault: any Vault) -> [UInt8] {
        let content = Content(
            id: app.id, slug: app.slug, clientID: app.clientID,
            clientSecret: app.clientSecret.reveal { $0 }, privateKey: app.privateKey.reveal { $0 },
            owner: app.owner, server: server, made: made)
        return vault.seal(content, for: .gitHubApp)
    }

    /// Opens an App that ``sealed(in:)`` sealed.
    ///
    /// - Throws: `newerFormat` if a newer version of the program stored it, or `unreadableState` if no
    ///   key opens it.
    public init(opening bytes: [UInt8], in vault: any Vault) throws(Failure) {
        let content = try vault.open(Content.self, bytes, from: .gitHubApp)
        self.init(
            AppRegistration(
                id: content.id, slug: content.slug, clientID: content.clientID,
                clientSecret: Secret(content.clientSecret), privateKey: Secret(content.privateKey),
                owner: content.owner), server: content.server, made: content.made)
    }

    /// Reads the App, and the version of its entry.
    ///
    /// - Returns: nil if none is stored.
    public static func read(
        from store: any KeyValueStore, _ vault: any Vault
    ) async throws(Failure) -> (app: StoredApp, version: StoreVersion)? {
        guard let entry = try await store.entry(for: .gitHubApp) else { return nil }
        do throws(Failure) {
            return (try StoredApp(opening: entry.value, in: vault), entry.version)
        } catch  where error.concernsEntry {
            throw Failure(
                error.code, "the GitHub App in STATE_STORE cannot be read: \(error.message)")
        }
    }
}
