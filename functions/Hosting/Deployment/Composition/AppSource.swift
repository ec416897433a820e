public import Authorization
public import Domain
public import GitHub
public import Host
import OpenSSLCrypto
import Ports

/// Where the GitHub App's credentials come from: the variables or, if none is set, the state store.
///
/// The store is asked for each event, so an App that is made while this process runs is found. Set
/// variables win, and then the store is not asked.
public struct AppSource: Sendable {
    private let settings: Settings
    private let adapters: Adapters

    /// Creates a source.
    public init(settings: Settings, adapters: Adapters) {
        self.settings = settings
        self.adapters = adapters
    }

    /// The stored App.
    ///
    /// - Returns: nil if the variables name an App, or none is stored.
    /// - Throws: `unreadableState` if it cannot be opened, or what the store throws.
    public func stored() async throws(Failure) -> StoredApp? {
        guard settings.usesStoredApp else { return nil }
        return try await StoredApp.read(from: adapters.store, adapters.vault)?.app
    }

    /// The settings and the adapters with the App in its place.
    ///
    /// - Throws: `misconfigured` if there is no App, or as ``stored()``.
    public func found() async throws(Failure) -> (settings: Settings, adapters: Adapters) {
        guard settings.usesStoredApp else { return (settings, adapters) }
        guard let stored = try await stored() else { throw Self.noApp }
        return try completed(with: stored)
    }

    /// A client of GitHub as a stored App; nil for one that only makes an App.
    public func gitHub(as stored: StoredApp?) throws(Failure) -> GitHubClient {
        guard let stored else { return Functions(settings: settings, adapters: adapters).gitHub }
        let (settings, adapters) = try completed(with: stored)
        return Functions(settings: settings, adapters: adapters).gitHub
    }

    private func completed(
        with stored: StoredApp
    ) throws(Failure) -> (settings: Settings, adapters: Adapters) {
        var (settings, adapters) = (settings, adapters)
        settings.use(stored.app)
        adapters.signer = try RSAAppSigner(pem: stored.app.privateKey)
        return (settings, adapters)
    }

    /// The functions with the App.
    ///
    /// - Throws: As ``found()``.
    public func functions() async throws(Failure) -> Functions {
        let (settings, adapters) = try await found()
        return Functions(settings: settings, adapters: adapters)
    }

    private static let noApp = Failure(
        .misconfigured,
        """
        There is no GitHub App yet. Make one on the page /setup of `copilot-local run`, or with \
        `copilot-local setup`, on the same STATE_STORE and with the same STATE_ENCRYPTION_KEYS. \
        Or set \(Variable.ofApp.map(\.rawValue).joined(separator: ", ")).
        """)
}
