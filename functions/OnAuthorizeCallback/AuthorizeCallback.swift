public import Authorization
public import Domain
public import FunctionInterface
public import GitHub
public import Ports
import Toolbox

/// Receives the browser that returns from GitHub, and stores the authorization.
///
///     request ─▶ declined? ─▶ used before? ─▶ same browser? ─▶ mark as used ─▶ exchange code
///                             store           cookie           store           GitHub
///            ─▶ person and organizations ─▶ tokens, sealed ─▶ integration ─▶ page
///               GitHub                      store             store
///
/// After an installation without a code, the browser goes on to the authorization.
///
/// The state is marked as used before the code is exchanged, so it never works twice, whatever
/// happens later. Nothing in the URL is trusted but the code and the state: GitHub is asked, with the
/// person's own token, which installations exist and who owns them. Authorizing again under the same
/// name renews the integration.
///
/// The function stores the tokens as ``Credentials`` and the integration as JSON under
/// ``StoreKey/integration(_:)``, for example `integration/9-team-a`:
///
/// ```json
/// {"id": "9-team-a", "name": "Team A", "tags": {"application": "copilot"},
///  "user": {"id": 9, "login": "ada"}, "authorizedAt": "2026-11-22T12:00:00Z",
///  "organizations": [{"id": 1, "organizationID": 900001, "organization": "acme",
///                     "permissions": {"members": "read"}}]}
/// ```
public struct AuthorizeCallback: Function {
    /// The name of the function in deployments and logs.
    public static let name = FunctionName.onAuthorizeCallback

    private let store: any KeyValueStore
    private let vault: any Vault
    private let hashing: any Hashing
    private let clock: any WallClock
    private let github: GitHubClient
    private let site: AuthorizationSite
    private let selection: OrganizationSelection

    /// Creates the function on the ports it uses.
    ///
    /// - Parameters:
    ///   - store: Holds used states, integrations and tokens.
    ///   - vault: Opens pending authorizations and seals tokens.
    ///   - hashing: Compares secrets, and derives the IDs of integrations.
    ///   - clock: Provides the time of the authorization, and decides whether it began too long ago.
    ///   - github: Exchanges the code, and finds the organizations.
    ///   - site: The URLs and the cookie of this deployment.
    ///   - selection: The organizations that the settings choose.
    public init(
        store: any KeyValueStore, vault: any Vault, hashing: any Hashing, clock: any WallClock,
        github: GitHubClient, site: AuthorizationSite, selection: OrganizationSelection = .all
    ) {
        self.store = store
        self.vault = vault
        self.hashing = hashing
        self.clock = clock
        self.github = github
        self.site = site
        self.selection = selection
    }

    /// Finishes an authorization.
    ///
    /// - Parameter event: The request with which the browser returns from GitHub.
    /// - Returns: A page that reports what is connected, or what is wrong and how to begin again.
    /// - Throws: Temporary failures of GitHub or the store. The state may have been used by then, so
    ///   the person has to begin again.
    public func handle(_ event: WebEvent) async throws(Failure) -> Handled<WebResult> {
        Handled(try await response(to: event))
    }

    private func response(to event: WebEvent) async throws(Failure) -> WebResult {
        let again = AuthorizationPage.Part.link("Begin again", to: site.authorizeURL)
        do {
            if let declined = Declined(event) { return declined.result(again) }
            if event.isInstallation, event.query["state"] == nil { return try elsewhere(event) }
            let pending = try await use(event)
            return try await connect(event, pending)
        } catch let failure where failure.retry == .never {
            return .refusal(
                failure, headers: ["set-cookie": site.expiredCookie], links: [again])
        }
    }

    /// Finds the pending authorization of the request's state, and marks it as used.
    private func use(_ event: WebEvent) async throws(Failure) -> PendingAuthorization {
        guard let state = event.query["state"], !state.isEmpty else {
            throw Failure(.invalidAuthorization, "this authorization did not begin here")
        }
        let key = PendingAuthorization.key(state: state, hashing: hashing)
        guard try await store.entry(for: key) == nil else { throw Self.usedAlready }
        // Anyone who follows a link to this page must not finish somebody else's authorization, so it
        // is in the cookie of the browser that began, and opens for the state that was begun with it.
        guard let cookie = site.cookieSecret(in: event.headers),
            let pending = try? PendingAuthorization(opening: cookie, from: key, in: vault),
            clock.now() < pending.expires
        else {
            throw Failure(
                .invalidAuthorization,
                """
                this authorization did not begin in this browser, or it began too long ago (after \
                ten minutes, or an hour with an installation), or another one has begun since
                """)
        }
        do {
            try await store.put(
                Stored.encode(Stored.Mark(), for: key), for: key, if: .absent,
                until: pending.expires)
        } catch let failure where failure.code == .conflict {
            throw Self.usedAlready
        }
        return pending
    }

    private static let usedAlready = Failure(
        .invalidAuthorization,
        """
        this authorization was already used. If the first page reported that you are connected, you \
        are connected
        """)

    private func connect(
        _ event: WebEvent, _ pending: PendingAuthorization
    ) async throws(Failure) -> WebResult {
        guard let code = event.query["code"], !code.isEmpty else {
            if event.isInstallation { return redirect(pending) }
            throw Failure(
                .invalidAuthorization, "the address contains no authorization code from GitHub")
        }
        // Unless it began with the installation, the state was sent to GitHub with a PKCE challenge,
        // even if the address mentions an installation. A code that is not bound to that challenge was
        // not requested here. After an installation GitHub chose the callback URL itself.
        let tokens = try await github.exchange(
            code: Secret(code), verifier: pending.verifier,
            redirectURI: pending.verifier.map { _ in site.callbackURL })
        let user = try await github.currentUser(token: tokens.access)
        let (id, known) = try await identity(of: user, pending.name)
        let reach = try await github.reach(token: tokens.access, selection: selection) {
            installation in
            known?.organizations.contains { $0.id == installation.id && $0.suspendedAt == nil }
                ?? false
        }
        // A person who sees no organization can still install the App on one. A person who sees only
        // other people's organizations has nothing to connect.
        guard
            reach.foreign.isEmpty || !reach.pending.isEmpty
                || !(reach.organizations + reach.suspended).isEmpty
        else {
            throw Failure(
                .forbidden,
                """
                \(user.login) owns none of the organizations that have the App \
                (\(reach.foreign.map(\.description).joined(separator: ", "))). An owner has to connect \
                them
                """)
        }
        let integration = Integration(
            id: id, name: pending.name, tags: pending.tags, user: user,
            authorizedAt: clock.now(), organizations: reach.organizations + reach.suspended)
        // The tokens are stored first, because an integration is useless without them. Older values
        // belong to the same person and name, and are replaced.
        try await store.put(
            Credentials.seal(tokens, of: id, in: vault), for: .credentials(id), if: .always)
        let key = StoreKey.integration(id)
        try await store.put(Stored.encode(integration, for: key), for: key, if: .always)
        return Connected(integration: integration, reach: reach, installURL: github.installURL)
            .result(clearing: site.expiredCookie)
    }
}

extension AuthorizeCallback {
    /// The way on from an installation that did not begin here, such as on the App's page on GitHub.
    ///
    /// Without a code it goes on to the authorization. A code was not requested here, so it is not
    /// taken. Where a setup token guards the authorization, the person is told of it before it is asked
    /// for, because anyone may open this page.
    private func elsewhere(_ event: WebEvent) throws(Failure) -> WebResult {
        guard site.setupToken != nil || event.query["code"] != nil else {
            return WebResult(status: 302, headers: ["location": site.authorizeURL])
        }
        let token = site.setupToken == nil ? "" : "; you need the setup token"
        return .refusal(
            Failure(
                .invalidAuthorization,
                """
                the App is installed, but this did not begin here. If an owner of the organization is \
                already connected, the next daily run finds it. Otherwise connect now\(token)
                """), links: [.link("Connect GitHub", to: site.authorizeURL)])
    }

    /// The way on from an installation that began here and brought no code: the App was installed
    /// already, or an owner approved it.
    private func redirect(_ pending: PendingAuthorization) -> WebResult {
        let settings = [
            ("name", pending.name), ("application", pending.tags.application),
            ("subsystem", pending.tags.subsystem),
        ]
        let query = Form(settings.compactMap { name, value in value.map { (name, $0) } }).encoded
        return WebResult(
            status: 302, headers: ["location": "\(site.authorizeURL)?\(query)"])
    }

    /// The ID of a person's integration of a given name, and the integration that has it already.
    ///
    /// Names such as "C++ team" and "C# team" have the same ID by their words. The second of them gets
    /// a digest of the name, so that it does not renew the first.
    private func identity(
        of user: GitHubUser, _ name: String
    ) async throws(Failure) -> (IntegrationID, Integration?) {
        let short = try IntegrationID(user: user, name: name, hashing: hashing)
        let other = try await stored(short)
        guard let other, other.name.lowercased() != name.lowercased() else {
            return (short, other)
        }
        let long = try IntegrationID(
            user: user, name: name, hashing: hashing, isDistinguished: true)
        return (long, try await stored(long))
    }

    // One that is damaged is replaced: authorizing again is what heals it. One that a newer version of
    // the program wrote is not.
    private func stored(_ id: IntegrationID) async throws(Failure) -> Integration? {
        let key = StoreKey.integration(id)
        do throws(Failure) {
            guard let entry = try await store.entry(for: key) else { return nil }
            try await checkTokens(of: id)
            return try Stored.decode(Integration.self, from: entry.value, at: key)
        } catch  where error.code == .unreadableState {
            return nil
        }
    }

    private func checkTokens(of id: IntegrationID) async throws(Failure) {
        do throws(Failure) {
            guard let entry = try await store.entry(for: .credentials(id)) else { return }
            _ = try Credentials.open(entry.value, of: id, in: vault)
        } catch  where error.code == .unreadableState {}
    }
}

extension WebEvent {
    /// Whether GitHub opened the page at the end of an installation.
    fileprivate var isInstallation: Bool { query["installation_id"] != nil }
}

extension IntegrationID {
    /// Creates the ID of a person's integration of a given name: `9-team-a`.
    ///
    /// - Throws: `malformedReply` if GitHub's number for the person is not valid in an ID.
    fileprivate init(
        user: GitHubUser, name: String, hashing: any Hashing, isDistinguished: Bool = false
    ) throws(Failure) {
        let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        var slug = String(words.joined(separator: "-").prefix(60))
        // Names that differ only in letters that an ID cannot contain must have different IDs.
        if slug.isEmpty || isDistinguished || !name.allSatisfy(\.isASCII) {
            let text = isDistinguished ? name.lowercased() : name
            let digest = Base64URL.encode(Array(hashing.sha256(Array(text.utf8)).prefix(6)))
            slug += (slug.isEmpty ? "" : "-") + digest
        }
        guard let id = IntegrationID("\(user.id)-\(slug)") else {
            throw Failure(.malformedReply, "GitHub describes the person in an unknown form")
        }
        self = id
    }
}
