import Authorization
public import Domain
public import FunctionInterface
public import GitHub
public import Host
import OnAuthorize
import OnAuthorizeCallback
import OnCollectOrg
import OnDailyTick
import Ports

/// The four functions, connected to their ports.
///
/// A function is created on request, so each can run without the settings of the others.
public struct Functions: Sendable {
    private let settings: Settings
    private let adapters: Adapters

    /// Creates the functions.
    ///
    /// - Parameters:
    ///   - settings: The settings of the functions.
    ///   - adapters: The adapters that the functions use.
    public init(settings: Settings, adapters: Adapters) {
        self.settings = settings
        self.adapters = adapters
    }

    /// The function with a name.
    ///
    /// - Throws: `misconfigured`, with a line for each variable that the function lacks.
    public subscript(name: FunctionName) -> JSONFunction {
        get throws(Failure) {
            try settings.require(for: [name])
            switch name {
            case .onAuthorize:
                return JSONFunction(
                    Authorize(
                        vault: adapters.vault, hashing: adapters.hashing,
                        entropy: adapters.entropy, clock: adapters.clock, github: gitHub,
                        site: try site, defaults: settings.tags))
            case .onAuthorizeCallback:
                return JSONFunction(
                    AuthorizeCallback(
                        store: adapters.store, vault: adapters.vault, hashing: adapters.hashing,
                        clock: adapters.clock, github: gitHub, site: try site,
                        selection: settings.organizations))
            case .onDailyTick:
                return JSONFunction(
                    try DailyTick(
                        store: adapters.store, vault: adapters.vault, clock: adapters.clock,
                        github: gitHub, authorizeURL: authorizeURL,
                        selection: settings.organizations,
                        lookbackDayCount: settings.lookbackDays,
                        isSplitting: settings.splitsTicks))
            case .onCollectOrg:
                MallocTuning.returnToSystem
                return JSONFunction(
                    CollectOrg(
                        settings: CollectOrg.Settings(
                            identity: settings.userIdentity, tags: settings.tags,
                            extras: settings.extraMetrics,
                            isReportingItself: settings.writesCollectorMetrics),
                        github: gitHub, store: adapters.store, sink: adapters.sink,
                        vault: adapters.vault, entropy: adapters.entropy,
                        hashing: adapters.hashing, clock: adapters.clock))
            }
        }
    }

    private var site: AuthorizationSite {
        get throws(Failure) {
            try AuthorizationSite(
                publicURL: settings.publicURL?.description ?? "", setupToken: settings.setupToken)
        }
    }

    /// The authorization page; a tick only shows it to people, so it runs without a known address.
    public var authorizeURL: String {
        settings.publicURL.map { "\($0)/authorize" } ?? "the /authorize page of this deployment"
    }

    /// The GitHub client of the functions.
    public var gitHub: GitHubClient {
        // Settings that a function does not need are empty: `require(for:)` has checked the others.
        GitHubClient(
            endpoints: settings.gitHub,
            app: GitHubApp(
                id: settings.appID.map(String.init) ?? "", clientID: settings.clientID ?? "",
                clientSecret: settings.clientSecret ?? Secret(""), slug: settings.appSlug ?? ""),
            enterprise: settings.enterprise,
            signer: adapters.signer, transport: adapters.transport, hashing: adapters.hashing,
            clock: adapters.clock, time: adapters.time, entropy: adapters.entropy,
            responseTimeout: settings.requestTimeout)
    }
}
