public import Authorization
public import Domain
public import FunctionInterface
public import GitHub
public import Ports
import Toolbox

/// Sends a person's browser to GitHub to authorize the App.
///
///     request ─▶ may begin? ─▶ settings ─▶ pending authorization ─▶ redirect
///                setup token               store, sealed, ten minutes
///
/// The redirect is built from generated values alone. Nothing of the request's query ends up in it,
/// least of all the setup token.
public struct Authorize: Function {
    /// The name of the function in deployments and logs.
    public static let name = FunctionName.onAuthorize

    private let store: any KeyValueStore
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
    ///   - store: Holds the ``PendingAuthorization`` until the browser returns.
    ///   - vault: Seals the pending authorization.
    ///   - hashing: Compares tokens, and hides the state from anyone who can read the store.
    ///   - entropy: Generates the state, the code verifier and the cookie.
    ///   - clock: Determines when the pending authorization expires.
    ///   - github: Builds the URL at which people authorize.
    ///   - site: The URLs of this deployment, and the setup token.
    ///   - defaults: The tags of an integration whose settings contain none.
    public init(
        store: any KeyValueStore, vault: any Vault, hashing: any Hashing, entropy: any Entropy,
        clock: any WallClock, github: GitHubClient, site: AuthorizationSite,
        defaults: SampleTags = SampleTags(application: "copilot")
    ) {
        self.store = store
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
    ///   of the integration, and the setup token as `token`.
    /// - Returns: A redirect to GitHub, or a page that reports what is wrong with the request.
    /// - Throws: What the store throws.
    public func handle(_ event: WebEvent) async throws(Failure) -> Handled<WebResult> {
        Handled(try await response(to: event))
    }

    private func response(to event: WebEvent) async throws(Failure) -> WebResult {
        guard event.method == "GET" else {
            return .refusal(
                Failure(.malformedEvent, "this page must be requested with GET"), status: 405,
                headers: ["allow": "GET"])
        }
        guard mayBegin(event) else {
            return .refusal(
                Failure(
                    .unauthorized,
                    """
                    the setup token is missing or wrong. Open this page as /authorize?token=TOKEN, \
                    or enter the token as the password when the browser asks for one
                    """), headers: ["www-authenticate": #"Basic realm="copilot-usage""#])
        }
        let settings: IntegrationSettings
        do {
            settings = try IntegrationSettings(event.query, defaults: defaults)
        } catch {
            return .refusal(error)
        }
        return try await begin(settings)
    }

    /// Whether the request contains the setup token, in its query or as a password.
    private func mayBegin(_ event: WebEvent) -> Bool {
        guard let expected = site.setupToken else { return true }
        guard let given = event.query["token"] ?? BasicAuthorization.password(event.headers) else {
            return false
        }
        // Digests have the same length, so the time of the comparison reveals nothing of the token.
        return hashing.areEqual(
            hashing.sha256(Array(given.utf8)), hashing.sha256(expected.reveal { Array($0.utf8) }))
    }

    private func begin(_ settings: IntegrationSettings) async throws(Failure) -> WebResult {
        // 256 bits each: twice what OWASP ASVS 5.0, 11.5.1, requires.
        let state = Base64URL.encode(entropy.bytes(32))
        let verifier = Secret(Base64URL.encode(entropy.bytes(32)))
        let cookie = Base64URL.encode(entropy.bytes(32))
        let pending = PendingAuthorization(
            name: settings.name, tags: settings.tags, verifier: verifier,
            cookieHash: hashing.sha256(Array(cookie.utf8)),
            expires: clock.now().advanced(by: PendingAuthorization.lifetime))
        let key = PendingAuthorization.key(state: state, hashing: hashing)
        try await store.put(
            pending.sealed(for: key, in: vault), for: key, if: .absent, until: pending.expires)
        return WebResult(
            status: 302,
            headers: [
                "location": github.authorizeURL(
                    state: state, verifier: verifier, redirectURI: site.callbackURL),
                "set-cookie": site.cookie(cookie, lifetime: PendingAuthorization.lifetime),
            ])
    }
}
