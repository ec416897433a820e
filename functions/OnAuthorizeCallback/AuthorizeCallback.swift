import Toolbox
public import FunctionInterface
public import Authorization
public import Domain
public import GitHub
public import Ports

/// Takes the browser back from GitHub and keeps the authorization.
///
///     request ─▶ GitHub refused? ─▶ state ours? ─▶ same browser? ─▶ use it up ─▶ redeem the code
///                                   store          cookie           store        GitHub
///            ─▶ who is it, what do they own ─▶ tokens, sealed ─▶ integration ─▶ page
///               GitHub                         store             store
///
/// A state is used up before its code is redeemed, so whatever happens later it never works twice.
/// Nothing in the address is believed but the code and the state: which installations there are,
/// and whose they are, GitHub says to the person's own token. Authorizing again under the same
/// name renews the integration.
public struct AuthorizeCallback: Function {
    /// The name that deployments use.
    public static let name = FunctionName.onAuthorizeCallback

    private let store: any KeyValueStore
    private let vault: any Vault
    private let hashing: any Hashing
    private let clock: any WallClock
    private let github: GitHubClient
    private let site: AuthorizationSite

    /// Creates the function on the ports it uses.
    ///
    /// - Parameters:
    ///   - store: Where authorizations that were begun are, and where integrations are kept.
    ///   - vault: Opens the former and seals the latter's tokens.
    ///   - hashing: Compares secrets.
    ///   - clock: Dates the authorization.
    ///   - github: Redeems the code.
    ///   - site: Where we are.
    public init(
        store: any KeyValueStore, vault: any Vault, hashing: any Hashing, clock: any WallClock,
        github: GitHubClient, site: AuthorizationSite
    ) {
        self.store = store
        self.vault = vault
        self.hashing = hashing
        self.clock = clock
        self.github = github
        self.site = site
    }

    /// Finishes an authorization.
    ///
    /// - Parameter event: The request that GitHub sent the browser here with.
    /// - Returns: A page: what is connected, or what is wrong and how to begin again.
    /// - Throws: What may pass: GitHub or the store cannot be reached, or asks to wait. The state is
    ///   used up all the same, so the person begins again.
    public func handle(_ event: WebEvent) async throws(Failure) -> Handled<WebResult> {
        Handled(try await answer(to: event))
    }

    private func answer(to event: WebEvent) async throws(Failure) -> WebResult {
        let again = Page.Part.link("Begin again", to: site.authorizeURL)
        do {
            if let answer = Declined(event) { return answer.result(again) }
            let pending = try await use(event)
            return try await connect(event, pending)
        } catch let failure where failure.retry == .never {
            return .refusal(
                failure, headers: ["set-cookie": site.expiredCookie], links: [again])
        }
    }

    /// Finds the authorization that the request's state belongs to, and uses it up.
    private func use(_ event: WebEvent) async throws(Failure) -> PendingAuthorization {
        guard let state = event.query["state"], !state.isEmpty else {
            throw Failure(
                .invalidAuthorization,
                event.query["installation_id"] == nil
                    ? "this authorization was not begun here"
                    : """
                    this page was opened by installing the App and not by connecting; if you are \
                    connected already, the next daily run finds the new organization by itself
                    """)
        }
        let key = PendingAuthorization.key(state: state, hashing: hashing)
        guard let entry = try await store.entry(for: key) else {
            throw Failure(
                .invalidAuthorization,
                "this authorization was not begun here, or more than ten minutes ago")
        }
        guard entry.value != PendingAuthorization.used else { throw Self.usedAlready }
        let pending = try PendingAuthorization(opening: entry.value, from: key, in: vault)
        // Whoever is sent a link to here must not finish somebody else's authorization.
        guard let cookie = site.cookieSecret(in: event.headers),
            hashing.areEqual(hashing.sha256(Array(cookie.utf8)), pending.cookieHash)
        else {
            throw Failure(
                .invalidAuthorization, "this authorization was begun in another browser")
        }
        do {
            try await store.put(
                PendingAuthorization.used, for: key, if: .version(entry.version),
                until: pending.expires)
        } catch let failure where failure.code == .conflict {
            throw Self.usedAlready
        }
        return pending
    }

    private static let usedAlready = Failure(
        .invalidAuthorization,
        "this authorization was used already; if the first page said that you are connected, you are"
    )

    private func connect(
        _ event: WebEvent, _ pending: PendingAuthorization
    ) async throws(Failure) -> WebResult {
        guard let code = event.query["code"], !code.isEmpty else {
            throw Failure(.invalidAuthorization, "GitHub sent no code along")
        }
        // Every state of ours left with a challenge, whatever the address says about installing: a
        // code that is not bound to it was not asked for here.
        let tokens = try await github.exchange(
            code: Secret(code), verifier: pending.verifier, redirectURI: site.callbackURL)
        let user = try await github.currentUser(token: tokens.access)
        let reach = try await github.reach(token: tokens.access)
        // Without any organization the person may yet install the App on one; with nothing but
        // other people's there is nothing to wait for.
        guard reach.foreign.isEmpty || !(reach.organizations + reach.suspended).isEmpty else {
            throw Failure(
                .forbidden,
                """
                \(user.login) owns none of the organizations that have the App \
                (\(reach.foreign.map(\.description).joined(separator: ", "))): an owner has to \
                connect them
                """)
        }
        let id = try IntegrationID(user: user, name: pending.name, hashing: hashing)
        let integration = Integration(
            id: id, name: pending.name, tags: pending.tags, user: user,
            authorizedAt: clock.now(), organizations: reach.organizations + reach.suspended)
        // The tokens first: an integration without them could do nothing. What stood there before
        // was this person's under this name, and is renewed.
        try await store.put(
            Credentials.seal(tokens, of: id, in: vault), for: .credentials(id), if: .always)
        try await store.put(JSON.encode(integration), for: .integration(id), if: .always)
        return Connected(integration: integration, reach: reach, installURL: github.installURL)
            .result(clearing: site.expiredCookie)
    }
}

extension IntegrationID {
    /// The id of one person's integration of one name.
    ///
    /// - Throws: Never in practice; `malformedReply` if GitHub's number of the person is odd.
    fileprivate init(
        user: GitHubUser, name: String, hashing: any Hashing
    ) throws(Failure) {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        var slug = String(words.joined(separator: "-").prefix(60))
        // Names that differ in letters which an id cannot hold must not renew each other.
        if slug.isEmpty || !name.allSatisfy(\.isASCII) {
            let digest = Base64URL.encode(Array(hashing.sha256(Array(name.utf8)).prefix(6)))
            slug += (slug.isEmpty ? "" : "-") + digest
        }
        guard let id = IntegrationID("\(user.id)-\(slug)") else {
            throw Failure(.malformedReply, "GitHub describes the person in an unknown form")
        }
        self = id
    }
}
