public import Host
public import AWS
public import CloudEvents
public import Domain
public import GitHub
public import Logging

/// Everything that is decided outside the program, read once and checked.
public struct Settings: Sendable {
    /// What holds where nothing is set.
    public enum Defaults: Sendable {
        /// In the container: nothing is kept or sent without being asked for.
        case container
        /// In the local runner: folders below the working directory.
        case local

        var values: [String: String] {
            Dictionary(
                uniqueKeysWithValues: Variable.table.compactMap { entry in
                    let value = self == .local ? entry.localDefault : entry.containerDefault
                    return value.map { (entry.variable.rawValue, $0) }
                })
        }
    }

    /// Where GitHub is.
    public var gitHub: GitHubEndpoints
    /// The App's number.
    public var appID: Int64?
    /// The App's OAuth client.
    public var clientID: String?
    /// The OAuth client's secret.
    public var clientSecret: Secret?
    /// The App's name in addresses.
    public var appSlug: String?
    /// The App's private key, PEM.
    public var privateKey: Secret?

    /// Where browsers find us.
    public var publicURL: PublicURL?
    /// What opens the authorization page.
    public var setupToken: Secret?

    /// Where state is kept.
    public var stateStore: StateStoreSetting?
    /// What tokens are sealed with: base64 of 256 bits each, the first seals.
    public var encryptionKeys: [Secret]
    /// Where events travel.
    public var eventBus: EventBusSetting?
    /// What events that are sent over HTTP carry beside their own.
    public var eventExtensions: EventExtensions
    /// AWS, as its own variables say.
    public var aws: AWSSettings

    /// Where samples go.
    public var sinks: [SinkSetting]

    /// How the samples of a new integration are tagged.
    public var tags: SampleTags
    /// How many past days a tick makes sure of.
    public var lookbackDays: Int
    /// What is said of a person.
    public var userIdentity: UserIdentity

    /// How long GitHub may take for an answer, and say nothing in the midst of a file.
    public var requestTimeout: Duration
    /// How many events a worker has in work at once.
    public var workerConcurrency: Int
    /// From which level on something is logged.
    public var logLevel: Logger.Level
    /// How log lines look.
    public var logFormat: LogFormat
    /// A file of trusted certificates in place of the system's.
    public var caFile: String?
    /// The proxy that https goes through; its address may hold a password.
    public var proxy: Secret?

    /// What is worth a person's look and stopped nothing.
    public var warnings: [String]
}
