public import AWS
public import CloudEvents
public import Domain
public import GitHub
public import Host
public import Logging

/// The configuration, read once and checked.
public struct Settings: Sendable {
    /// The program whose defaults apply.
    public enum Defaults: Sendable {
        /// The container: nothing is stored or sent unless it is configured.
        case container
        /// The local runner: folders below the working directory.
        case local

        var values: [String: String] {
            Dictionary(
                uniqueKeysWithValues: Variable.table.compactMap { entry in
                    let value = self == .local ? entry.localDefault : entry.containerDefault
                    return value.map { (entry.variable.rawValue, $0) }
                })
        }
    }

    /// The addresses of GitHub.
    public var gitHub: GitHubEndpoints
    /// The App ID.
    public var appID: Int64?
    /// The App's OAuth client ID.
    public var clientID: String?
    /// The OAuth client's secret.
    public var clientSecret: Secret?
    /// The App's name in addresses.
    public var appSlug: String?
    /// The App's private key, PEM.
    public var privateKey: Secret?
    /// The enterprise that pays for organizations without a bill of their own.
    public var enterprise: EnterpriseAccount?

    /// The address at which browsers reach this deployment.
    public var publicURL: PublicURL?
    /// The secret that opens the authorization page.
    public var setupToken: Secret?

    /// The state store.
    public var stateStore: StateStoreSetting?
    /// The keys that seal tokens: 256 bits in base64 each; the first one seals.
    public var encryptionKeys: [Secret]
    /// The event bus.
    public var eventBus: EventBusSetting?
    /// Attributes added to events that are sent over HTTP.
    public var eventExtensions: EventExtensions
    /// The settings of AWS.
    public var aws: AWSSettings

    /// The metrics backends.
    public var sinks: [SinkSetting]
    /// Where samples can be read back; nil if no setting says so.
    public var query: QuerySetting?

    /// The organizations that are collected.
    public var organizations: OrganizationSelection
    /// The tags of a new integration.
    public var tags: SampleTags
    /// The number of past days that a tick checks.
    public var lookbackDays: Int
    /// Whether a tick over many integrations is split into ticks over one each.
    public var splitsTicks: Bool
    /// The labels that identify a user.
    public var userIdentity: UserIdentity
    /// The groups of optional metrics to write.
    public var extraMetrics: Set<ExtraMetrics>
    /// Whether collections write metrics about themselves.
    public var writesCollectorMetrics: Bool

    /// The longest wait for a response from GitHub, and for more data during a download.
    public var requestTimeout: Duration
    /// The most events that a worker processes at once.
    public var workerConcurrency: Int
    /// The lowest level that is logged.
    public var logLevel: Logger.Level
    /// The format of log lines.
    public var logFormat: LogFormat
    /// A file of trusted certificates to use instead of the system's.
    public var caFile: String?
    /// The proxy for https; its address may contain a password.
    public var proxy: Secret?

    /// Whether this deployment has a place where the setup page can keep an App.
    var canStoreApp: Bool

    /// Warnings about settings that are valid but probably not intended.
    public var warnings: [String]
}
