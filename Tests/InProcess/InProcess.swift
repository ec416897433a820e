public import Deployment
public import Domain
public import GitHubSimulator
import Logging
public import OpenSSLCrypto
public import Ports

/// A simulated GitHub and the settings of functions that reach it, in one process without a socket.
///
/// So a test can let weeks pass on a virtual clock in seconds, the same each time.
public struct InProcess: Sendable {
    /// The App's key, one for a process: making one takes longer than a week of days.
    public static let keys = RSAKeyPair.generate(bits: 2_048)
    private static let publicURL = "http://127.0.0.1:3"

    /// The simulated GitHub.
    public let github: SimulatedGitHub
    /// The settings.
    public let settings: Settings

    /// Prepares both.
    ///
    /// - Parameters:
    ///   - seed: The seed of what GitHub decides.
    ///   - environment: Variables beside those of the App and of a state in memory.
    /// - Throws: `misconfigured` if a variable has no valid value.
    public init(
        world: World, clock: any WallClock, seed: UInt64 = 1, faults: [Fault] = [],
        environment: [String: String] = [:]
    ) throws(Failure) {
        let app = RegisteredApp(
            clientSecret: Secret("client-secret"),
            callbackURLs: ["\(Self.publicURL)/authorize/callback"],
            privateKey: Self.keys.privateKey)
        github = try SimulatedGitHub(
            configuration: SimulatorConfiguration(
                app: app, consent: .automatic(login: Person.owner.login), seed: seed,
                faults: faults),
            world: world, clock: clock,
            logger: Logger(label: "github") { _ in SwiftLogNoOpLogHandler() })
        let addresses = SimulatedGitHub.directAddresses
        settings = try Settings(
            environment: [
                "GITHUB_API_URL": addresses.api, "GITHUB_SERVER_URL": addresses.api,
                "GITHUB_REPORT_HOSTS": addresses.reportHost, "GITHUB_APP_ID": String(app.id),
                "GITHUB_APP_CLIENT_ID": app.clientID, "GITHUB_APP_CLIENT_SECRET": "client-secret",
                "GITHUB_APP_SLUG": app.slug, "PUBLIC_URL": Self.publicURL,
                "GITHUB_APP_PRIVATE_KEY": Self.keys.privateKey.reveal { $0 },
                "STATE_STORE": "memory", "METRICS_SINK": "file:/unused",
                "STATE_ENCRYPTION_KEYS": String(repeating: "A", count: 43) + "=",
            ].merging(environment) { $1 }, defaults: .container)
    }
}
