public import Domain
import GitHub
import OnCollectOrg
public import Ports

/// The four functions on their ports.
///
/// A function is made when it is asked for, so each can be run without the settings of the others.
public struct Functions: Sendable {
    private let settings: Settings
    private let adapters: Adapters

    /// Creates the functions.
    ///
    /// - Parameters:
    ///   - settings: What the functions are told.
    ///   - adapters: What the functions reach.
    public init(settings: Settings, adapters: Adapters) {
        self.settings = settings
        self.adapters = adapters
    }

    /// The function of a name.
    ///
    /// - Throws: `misconfigured`, with a line for each variable that the function lacks.
    public subscript(name: FunctionName) -> JSONFunction {
        get throws(Failure) {
            try settings.require(for: name)
            switch name {
            case .onAuthorize, .onAuthorizeCallback, .onDailyTick: fatalError()
            case .onCollectOrg:
                return JSONFunction(
                    CollectOrg(
                        settings: CollectOrg.Settings(
                            identity: settings.userIdentity, tags: settings.tags),
                        github: gitHub, store: adapters.store, sink: adapters.sink,
                        vault: adapters.vault, entropy: adapters.entropy,
                        hashing: adapters.hashing, clock: adapters.clock))
            }
        }
    }

    // What a function does not need is empty: `require(for:)` has seen to the rest.
    private var gitHub: GitHubClient {
        GitHubClient(
            endpoints: settings.gitHub,
            app: GitHubApp(
                id: settings.appID.map(String.init) ?? "", clientID: settings.clientID ?? "",
                clientSecret: settings.clientSecret ?? Secret(""), slug: settings.appSlug ?? ""),
            signer: adapters.signer, transport: adapters.transport, hashing: adapters.hashing,
            clock: adapters.clock, time: adapters.time, entropy: adapters.entropy)
    }
}
