public import Authorization
public import Domain
public import FunctionInterface
public import GitHub
public import Ports
import Toolbox

/// Sends a person's browser to GitHub to authorize the App.
///
///     request ─▶ may begin? ─▶ settings ─▶ pending authorization ─▶ redirect
///                browser,                  cookie, sealed, ten minutes
///                setup token
///
/// With `install` in the query it leads to the App's installation, after which GitHub continues with
/// the authorization by itself.
///
/// The redirect is built from generated values alone. Nothing of the request's query ends up in it,
/// least of all the setup token. Nothing is stored: see ``PendingAuthorization``.
public struct Authorize: Function {
    /// The name of the function in deployments and logs.
    public static let name = FunctionName.onAuthorize

    private let vault: any Vault
    private let hashing: any Hashing
    private let entropy: any Entropy
    private let clock: any WallClock
    private let github: GitHubClient
    private let site: AuthorizationSite
    private let defaults: SampleTags

    /// Creates the function on the ports it uses.
    ///
    /// - Parameters:
    ///   - vault: Seals the ``PendingAuthorization``.
    ///   - hashing: Compares tokens, and hides the state from anyone who can read the store.
    ///   - entropy: Generates the state and the code verifier.
    ///   - clock: Determines when the pending authorization expires.
    ///   - github: Builds the URL at which people authorize.
    ///   - site: The URLs of this deployment, and the setup token.
    ///   - defaults: The tags of an integration whose settings contain none.
    public init(
        vault: any Vault, hashing: any Hashing, entropy: any Entropy, clock: any WallClock,
        github: GitHubClient, site: AuthorizationSite,
        defaults: SampleTags = SampleTags(application: "copilot")
    ) {
        self.vault = vault
        self.hashing = hashing
        self.entropy = entropy
        self.clock = clock
        self.github = github
        self.site = site
        self.defaults = defaults
    }

    /// Begins an authorization.
    ///
    /// - Parameter event: The request. Its query may contain `name`, `application` and `subsystem`
    ///   of the integration, the setup token as `token`, and `install` to install the App first.
    /// - Returns: A redirect to GitHub, or a page that reports what is wrong with the request.
    public func handle(_ event: WebEvent) async throws(Failure) -> Handled<WebResult> {
        Handled(response(to: event))
    }

    private func response(to event: WebEvent) -> WebResult {
        guard event.method == "GET" else {
            return .refusal(
                Failure(.malformedEvent, "this page must be requested with GET"), status: 405,
                headers: ["allow": "GET"])
        }
        guard FetchMetadata.isWanted(event) else { return Self.unwanted(site) }
        if let token = site.setupToken, !token.isPresented(in: event, hashing: hashing) {
            return .refusal(
                Failure(
                    .unauthorized,
                    """
                    the setup token is missing or wrong. Open this page as /authorize?token=TOKEN, \
                    or enter the token as the password when the browser asks for one
                    """), headers: SetupToken.challenge)
        }
        let settings: IntegrationSettings
        do {
            settings = try IntegrationSettings(event.query, defaults: defaults)
        } catch {
            return .refusal(error)
        }
        return begin(settings, installing: event.query["install"] != nil)
    }

    /// The page for a request that another site made in the person's name.
    ///
    /// Its link drops the settings of the request, because the other site chose them.
    private static func unwanted(_ site: AuthorizationSite) -> WebResult {
        .refusal(
            Failure(
                .forbidden,
                """
                another website opened this page, and an authorization begins only if you want it. \
                Follow the link if you do
                """), links: [.link("Connect GitHub", to: site.authorizeURL)])
    }

    private func begin(_ settings: IntegrationSettings, installing: Bool) -> WebResult {
        // 256 bits each: twice what OWASP ASVS 5.0, 11.5.1, requires.
        let state = Base64URL.encode(entropy.bytes(32))
        let verifier = Secret(Base64URL.encode(entropy.bytes(32)))
        // An App without a known name in addresses cannot be installed from here.
        let isInstalling = installing && !github.app.slug.isEmpty
        let lifetime =
            isInstalling
            ? PendingAuthorization.installingLifetime : PendingAuthorization.lifetime
        let pending = PendingAuthorization(
            name: settings.name, tags: settings.tags, verifier: isInstalling ? nil : verifier,
            expires: clock.now().advanced(by: lifetime))
        let cookie = pending.sealed(
            for: PendingAuthorization.key(state: state, hashing: hashing), in: vault)
        return WebResult(
            status: 302,
            headers: [
                "location": isInstalling
                    ? github.installURL(state: state)
                    : github.authorizeURL(
                        state: state, verifier: verifier, redirectURI: site.callbackURL),
                "set-cookie": site.cookie(cookie, lifetime: lifetime),
            ])
    }
}
