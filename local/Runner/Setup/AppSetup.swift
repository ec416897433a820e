public import Authorization
public import Domain
public import GitHub
public import Ports
import Synchronization
import Toolbox

/// Makes the GitHub App from a manifest, and keeps its credentials in the store.
///
///     begin ─▶ form ─▶ GitHub: "Create GitHub App" ─▶ finish: state, code ─▶ exchange ─▶ store
///     cookie                                          cookie, once           GitHub      sealed
///
/// GitHub reveals the credentials once. From the exchange until they are stored, nothing cancels the
/// work, and if the store fails they stay in memory until it works again. A stored App is never
/// replaced unless the person was shown that it would be.
public final class AppSetup: Sendable {
    /// How a return from GitHub ended.
    public enum Ending: Sendable {
        /// The App was made and stored.
        case made(StoredApp)
        /// There was an App already, and nothing changed.
        case existing(StoredApp)
        /// Nothing was stored, for this reason.
        case refused(Failure)
    }

    /// How the form binds its state to a browser.
    public struct Beginning: Sendable {
        /// The state, for GitHub's address.
        public var state: String
        /// The value of a `Set-Cookie` field; nil if the browser has the cookie already.
        public var cookie: String?
    }

    /// Where the pages are, and what is done on which GitHub.
    public struct Site: Sendable {
        /// The base address of these pages, without a slash at the end.
        public var url: String
        /// The pages to which authorizations return; the first is the default.
        public var callbackURLs: [String]

        /// Describes the pages.
        public init(url: String, callbackURLs: [String]) {
            self.url = url
            self.callbackURLs = callbackURLs
        }

        /// The page to which GitHub returns with the code of the new App.
        var redirectURL: String { url + "/setup/callback" }
    }

    /// A client of GitHub as the given App; without an App it only makes one.
    public typealias Client = @Sendable (StoredApp?) throws(Failure) -> GitHubClient

    /// How long a person has from the form to the return from GitHub.
    ///
    /// Long enough to ask somebody for rights first.
    static let lifetime: Duration = .seconds(86_400)
    /// How long the browser keeps the cookie: longer, so that "too late" is not taken for "forged".
    private static let cookieLifetime: Duration = .seconds(7 * 86_400)
    /// A form is shown with at least this much of its time left.
    private static let timeToFinish: Duration = .seconds(7_200)
    private static let storeRetries = RetryPolicy(
        attemptCountMax: 8, firstWait: .milliseconds(250), waitMax: .seconds(5),
        totalTimeMax: .seconds(20), reserve: .zero)

    private let store: any KeyValueStore
    private let vault: any Vault
    private let hashing: any Hashing
    private let entropy: any Entropy
    private let clock: any WallClock
    private let site: Site
    private let client: Client
    private let cookie: BrowserCookie
    /// An App that GitHub made and the store did not take.
    private let unstored = Mutex<Unstored?>(nil)

    private struct Unstored {
        let app: StoredApp
        let condition: StoreCondition
    }

    /// Creates a setup.
    public init(
        store: any KeyValueStore, vault: any Vault, hashing: any Hashing, entropy: any Entropy,
        clock: any WallClock, site: Site, client: @escaping Client
    ) {
        self.store = store
        self.vault = vault
        self.hashing = hashing
        self.entropy = entropy
        self.clock = clock
        self.site = site
        self.client = client
        cookie = BrowserCookie("copilot-usage-setup", isSecure: site.url.hasPrefix("https:"))
    }

    // MARK: The stored App

    /// The stored App; one that could not be stored before is stored first.
    public func stored() async throws(Failure) -> StoredApp? {
        if let waiting = unstored.withLock(\.self) {
            try await keepOnce(waiting.app, replacing: waiting.condition)
        }
        return try await StoredApp.read(from: store, vault)?.app
    }

    /// What GitHub knows of an App.
    public enum Standing: Hashable, Sendable {
        /// It is there, under this name.
        case there
        /// It is there, under another name.
        case renamed(to: String)
        /// It is not there, or does not accept the stored key.
        case gone(reason: String)
        /// GitHub could not be asked.
        case unknown(reason: String)
    }

    /// Asks GitHub about an App.
    public func standing(of app: StoredApp) async -> Standing {
        do throws(Failure) {
            let answer = try await client(app).currentApp().app
            guard let slug = try answer.get().slug, AppIdentity.isSlug(slug), slug != app.app.slug
            else {
                return .there
            }
            return .renamed(to: slug)
        } catch  where [.notFound, .unauthorized, .misconfigured].contains(error.code) {
            return .gone(reason: error.message)
        } catch {
            return .unknown(reason: error.message)
        }
    }

    /// Stores the name under which GitHub knows the stored App now.
    public func takeName() async throws(Failure) {
        guard let (app, version) = try await StoredApp.read(from: store, vault) else { return }
        guard case .renamed(let slug) = await standing(of: app) else { return }
        var renamed = app
        renamed.app.slug = slug
        try await store.put(renamed.sealed(in: vault), for: .gitHubApp, if: .version(version))
    }

    // MARK: The form

    /// The manifest of an App.
    ///
    /// - Parameters:
    ///   - state: Makes the suggested name unique where no organization does.
    ///   - isPublic: Whether organizations other than the owner can install it.
    public func manifest(
        for owner: AppOwner, state: String, isPublic: Bool, server: String
    ) -> AppManifest {
        let name: String
        let page: String
        switch owner {
        case .organization(let login): (name, page) = ("\(login)", "\(server)/\(login)")
        case .enterprise(let slug): (name, page) = (slug, "\(server)/enterprises/\(slug)")
        case .person:
            let letters = state.lowercased().filter { $0.isLetter || $0.isNumber }
            (name, page) = (String(letters.prefix(6)), server)
        }
        return AppManifest(
            name: String("copilot-usage-\(name)".prefix(AppManifest.nameCharacterCountMax)),
            url: site.url.hasPrefix("https:") ? site.url : page, redirectURL: site.redirectURL,
            callbackURLs: site.callbackURLs, isPublic: isPublic)
    }

    /// Binds a form to the browser that asks for it.
    ///
    /// Two tabs share one state.
    ///
    /// - Parameters:
    ///   - headers: The request's headers by lower-case name.
    ///   - replaced: The ID of the App that the person was shown to be replaced.
    public func begin(
        _ headers: [String: String], replacing replaced: Int64? = nil
    ) async throws(Failure) -> Beginning {
        let now = clock.now()
        if let pending = pending(in: headers), pending.replaced == replaced,
            now.advanced(by: Self.timeToFinish) < pending.expires,
            try await store.entry(for: mark(pending.state)) == nil
        {
            return Beginning(state: pending.state)
        }
        let pending = Pending(
            state: Base64URL.encode(entropy.bytes(32)),
            expires: now.advanced(by: Self.lifetime), replaced: replaced)
        let text = Secret(String(decoding: JSON.encode(pending), as: UTF8.self))
        let sealed = String(decoding: vault.seal(text, for: Self.place), as: UTF8.self)
        return Beginning(
            state: pending.state, cookie: cookie.field(sealed, lifetime: Self.cookieLifetime))
    }

    // MARK: The return from GitHub

    /// Takes the code of a new App, and stores the App.
    ///
    /// - Parameter event: The request with which the browser returns from GitHub.
    public func finish(_ event: WebEvent) async -> Ending {
        // A task of its own: the credentials must not be lost because a browser went away.
        let finishing = Task { () async -> Ending in
            do throws(Failure) {
                return try await finished(event)
            } catch {
                return .refused(error)
            }
        }
        return await finishing.value
    }

    private func finished(_ event: WebEvent) async throws(Failure) -> Ending {
        if let waiting = unstored.withLock(\.self) {
            try await keepOnce(waiting.app, replacing: waiting.condition)
            return .made(waiting.app)
        }
        let pending = try begun(event)
        let stored = try await StoredApp.read(from: store, vault)
        let mark = mark(pending.state)
        if let stored, stored.app.app.id != pending.replaced {
            // The page of an App that was made with this state is merely opened again.
            guard try await store.entry(for: mark) != nil else {
                throw Self.notUsed("another App, \(stored.app.app.slug), is stored already")
            }
            return .existing(stored.app)
        }
        guard let code = event.query["code"], !code.isEmpty else {
            throw Failure(
                .invalidAuthorization, "the address contains no code of a new App from GitHub")
        }
        try await use(mark, until: pending.expires)
        let made: StoredApp
        do throws(Failure) {
            let client = try client(nil)
            made = StoredApp(
                try await client.redeemManifest(code: Secret(code)),
                server: client.endpoints.server, made: clock.now())
        } catch  where error.retry != .never {
            // The code may still be good, so the person may ask again. GitHub accepts it once.
            try? await store.remove(mark, if: .always)
            throw Failure(
                error.code,
                """
                \(error.message). Nothing is lost: reload this page to ask again. The code is good for \
                an hour
                """, delay: error.delay)
        }
        try check(made)
        try await keep(made, replacing: stored.map { .version($0.version) } ?? .absent)
        return .made(made)
    }

    /// What was begun with the request's state, in this browser and not too long ago.
    private func begun(_ event: WebEvent) throws(Failure) -> Pending {
        guard let state = event.query["state"], !state.isEmpty else {
            throw Failure(.invalidAuthorization, "GitHub opens this page after it made an App")
        }
        guard let pending = pending(in: event.headers),
            hashing.areEqual(
                hashing.sha256(Array(state.utf8)), hashing.sha256(Array(pending.state.utf8)))
        else {
            throw Failure(
                .invalidAuthorization,
                """
                this App was not begun in this browser, so it is not taken. Begin here; if you did make \
                an App just now, delete it on GitHub first
                """)
        }
        guard clock.now() < pending.expires else {
            throw Failure(
                .invalidAuthorization,
                "more than a day has passed since you began, and GitHub's code is good for an hour")
        }
        return pending
    }

    private func use(_ mark: StoreKey, until expiry: Timestamp) async throws(Failure) {
        do throws(Failure) {
            try await store.put(
                Stored.encode(Stored.Mark(), for: mark), for: mark, if: .absent, until: expiry)
        } catch  where error.code == .conflict {
            throw Failure(
                .invalidAuthorization,
                """
                the code of this App was used already, and no App is stored. Begin again; if GitHub \
                has an App that is not used here, delete it there
                """)
        }
    }

    /// Refuses an App whose key cannot sign: stored, it would be taken for a good one.
    private func check(_ app: StoredApp) throws(Failure) {
        do throws(Failure) { _ = try client(app) } catch {
            throw AppRegistration.unusable("has a private key that cannot be used")
        }
    }

    private func keep(
        _ app: StoredApp, replacing condition: StoreCondition
    ) async throws(Failure) {
        do throws(Failure) {
            try await Self.storeRetries.run(
                "storing the App", on: try client(nil).time, clock, entropy
            ) { () async throws(Failure) in try await keepOnce(app, replacing: condition) }
        } catch  where error.code == .conflict {
            throw Self.notUsed("another App was stored in the meantime")
        } catch {
            unstored.withLock { $0 = Unstored(app: app, condition: condition) }
            throw Failure(
                .unavailable,
                """
                GitHub made the App \(app.app.slug), but it could not be stored: \(error.message). This \
                program keeps it: make the state store writable and reload this page. If the program \
                ends before, delete the App on GitHub and begin again
                """)
        }
    }

    private static func notUsed(_ why: String) -> Failure {
        Failure(
            .conflict,
            "\(why), so the one that you made just now is not used. Delete it on GitHub")
    }

    private func keepOnce(
        _ app: StoredApp, replacing condition: StoreCondition
    ) async throws(Failure) {
        do throws(Failure) {
            try await store.put(app.sealed(in: vault), for: .gitHubApp, if: condition)
        } catch  where error.code == .conflict {
            // An earlier attempt may have been stored although its answer was lost.
            let kept = try await StoredApp.read(from: store, vault)?.app
            guard kept?.app.id == app.app.id else { throw error }
        }
        unstored.withLock { waiting in
            if waiting?.app.app.id == app.app.id { waiting = nil }
        }
    }

    // MARK: The cookie

    /// What the browser keeps, sealed.
    private struct Pending: Codable {
        var state: String
        var expires: Timestamp
        /// The App that the person was shown to be replaced.
        var replaced: Int64?
    }

    /// The place that the cookie's content is sealed for: nothing is stored there.
    private static let place = StoreKey.usedAuthorization(stateHash: "setup")

    private func mark(_ state: String) -> StoreKey {
        PendingAuthorization.key(state: state, hashing: hashing)
    }

    private func pending(in headers: [String: String]) -> Pending? {
        guard let sealed = cookie.secret(in: headers),
            let text = try? vault.open(Array(sealed.utf8), from: Self.place)
        else { return nil }
        return text.reveal { try? JSON.decode(Pending.self, from: Array($0.utf8), at: Self.place) }
    }
}
