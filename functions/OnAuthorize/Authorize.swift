import Toolbox
public import FunctionInterface
public import Authorization
public import Domain
public import GitHub
public import Ports

/// Sends a person's browser to GitHub to authorize the App.
///
///     request ─▶ may begin? ─▶ settings ─▶ remember state, proof and cookie ─▶ redirect
///                setup token               store, sealed, ten minutes
///
/// Everything in the redirect is made here, so nothing of the request's query survives in it, the
/// setup token least of all.
public struct Authorize: Function {
    /// The name that deployments use.
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
    ///   - store: Where the authorization is remembered until the browser is back.
    ///   - vault: Seals it.
    ///   - hashing: Compares tokens, and hides the state from who reads the store.
    ///   - entropy: Makes the state, the proof and the cookie.
    ///   - clock: Dates the ten minutes.
    ///   - github: Knows where people authorize.
    ///   - site: Where we are, and who may begin.
    ///   - defaults: The tags of an integration whose settings name none.
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
    /// - Parameter event: The request; its query may name the integration and its tags.
    /// - Returns: A redirect to GitHub, or a page that says what is wrong with the request.
    /// - Throws: What the store throws.
    public func handle(_ event: WebEvent) async throws(Failure) -> Handled<WebResult> {
        Handled(try await answer(to: event))
    }

    private func answer(to event: WebEvent) async throws(Failure) -> WebResult {
        guard event.method == "GET" else {
            return .refusal(
                Failure(.malformedEvent, "this page is opened with GET"), status: 405,
                headers: ["allow": "GET"])
        }
        guard mayBegin(event) else {
            return .refusal(
                Failure(
                    .unauthorized,
                    """
                    connecting needs the setup token: open this page as /authorize?token=TOKEN, or \
                    give the token as the password when the browser asks for one
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

    /// Whether the request presents the setup token, in its query or as the password.
    private func mayBegin(_ event: WebEvent) -> Bool {
        guard let expected = site.setupToken else { return true }
        guard let given = event.query["token"] ?? BasicAuthorization.password(event.headers) else {
            return false
        }
        // Digests have one length, so the time of the comparison says nothing about the token.
        return hashing.areEqual(
            hashing.sha256(Array(given.utf8)), hashing.sha256(expected.reveal { Array($0.utf8) }))
    }

    private func begin(_ settings: IntegrationSettings) async throws(Failure) -> WebResult {
        // 256 bits each, twice what OWASP ASVS 5.0, 11.5.1, asks for.
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
