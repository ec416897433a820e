import Authorization
import Console
import Deployment
import Domain
import GitHub
import HTTPHost
import Host
import Ports
import Runner
import Toolbox

/// The page `/setup`, and the page to which GitHub returns with a new App.
struct SetupRoutes: Sendable {
    /// GitHub is asked about the App while a person waits for the page.
    private static let askingTime: Duration = .seconds(5)

    private let runtime: Runtime
    private let pageGuard: PageGuard
    private let url: String
    private let server: String
    let setup: AppSetup

    /// Creates the routes.
    ///
    /// - Parameters:
    ///   - url: Where browsers find these pages.
    ///   - callbackURLs: The pages to which authorizations return; the first is the default.
    init(_ runtime: Runtime, _ pageGuard: PageGuard, at url: String, callbackURLs: [String]) {
        self.runtime = runtime
        self.pageGuard = pageGuard
        self.url = url
        server = runtime.settings.gitHub.server
        let (adapters, app) = (runtime.adapters, runtime.appSource)
        setup = AppSetup(
            store: adapters.store, vault: adapters.vault, hashing: adapters.hashing,
            entropy: adapters.entropy, clock: adapters.clock,
            site: AppSetup.Site(url: url, callbackURLs: callbackURLs)
        ) { stored throws(Failure) in try app.gitHub(as: stored) }
    }

    /// Answers a request for `/setup`.
    func answer(_ request: HTTPServerRequest, _ event: WebEvent) async -> HTTPServerResponse {
        switch request.method {
        case "GET", "HEAD":
            guard FetchMetadata.isWanted(event) else {
                return .text(403, "Another website opened this page. Open \(url)/setup yourself.")
            }
            if let elsewhere = canonical(event) { return elsewhere }
            return await page(event)
        case "POST": return await act(request, event)
        default: return .text(405, "This page takes GET and POST.", fields: ["allow": "GET, POST"])
        }
    }

    /// The way to `/setup`, if GitHub's own page would only say that there is nothing.
    ///
    /// - Parameter event: A request that is about to go on to GitHub.
    func detour(_ event: WebEvent) async -> HTTPServerResponse? {
        guard runtime.settings.usesStoredApp else { return nil }
        guard let stored = try? await setup.stored() else { return Self.seeOther("/setup") }
        switch await standing(of: stored) {
        case .gone: return Self.seeOther("/setup")
        // Only the installation has the name in its address.
        case .renamed where event.query["install"] != nil: return Self.seeOther("/setup")
        default: return nil
        }
    }

    private static func seeOther(_ place: String) -> HTTPServerResponse {
        HTTPServerResponse(
            status: 303, fields: ["location": place, "cache-control": "no-store"])
    }

    /// Takes the code of a new App.
    ///
    /// - Returns: The App if there is one now; otherwise a page that says why not.
    func finish(_ event: WebEvent) async -> Result<StoredApp, Answered> {
        guard event.method == "GET" else {
            return .failure(
                Answered(.text(405, "This page takes GET.", fields: ["allow": "GET"])))
        }
        guard runtime.settings.usesStoredApp else {
            return .failure(
                Answered(
                    await page(
                        WebEvent(headers: event.headers), status: 409,
                        problem: SetupPage.Problem(
                            """
                            The GITHUB_APP_… variables name an App already, so this one is not taken. \
                            Delete it on GitHub, or remove the variables and begin again.
                            """))))
        }
        switch await setup.finish(event) {
        case .made(let app), .existing(let app): return .success(app)
        case .refused(let failure):
            return .failure(
                Answered(
                    await page(
                        WebEvent(headers: event.headers), status: Self.status(failure),
                        problem: SetupPage.Problem(failure.message.sentence))))
        }
    }

    /// A response that ends a request.
    struct Answered: Error {
        let response: HTTPServerResponse

        init(_ response: HTTPServerResponse) { self.response = response }
    }

    /// Keeps one name of this machine: the cookie of another does not come back from GitHub.
    private func canonical(_ event: WebEvent) -> HTTPServerResponse? {
        guard let own = Origin(url), own.isLoopback,
            let host = event.headers["host"].flatMap({ Origin("http://\($0)") }), host.isLoopback,
            host.host != own.host
        else { return nil }
        return Self.seeOther("\(url)/setup")
    }

    private func act(_ request: HTTPServerRequest, _ event: WebEvent) async -> HTTPServerResponse {
        do throws(Failure) {
            let form = Form(String(decoding: try await request.body(), as: UTF8.self))
            if let refusal = pageGuard.refusal(of: form, event) {
                return HTTPServerResponse(refusal)
            }
            guard form["action"] == "rename" else {
                return .text(400, "The form names no action of this page.")
            }
            try await setup.takeName()
            return Self.seeOther("/setup")
        } catch {
            return .text(503, error.message.sentence)
        }
    }

    // MARK: The page

    /// The page as things stand.
    ///
    /// - Parameter problem: What has just gone wrong.
    func page(
        _ event: WebEvent, status: Int = 200, problem: SetupPage.Problem? = nil
    ) async -> HTTPServerResponse {
        let session = pageGuard.session(of: event)
        var page = SetupPage(
            formField: (PageGuard.formField, session.token), server: Self.origin(of: server))
        page.status = status
        page.problem = problem
        var cookie: String?
        do throws(Failure) {
            page.progress = try await progress()
            cookie = try await fill(&page, event)
        } catch {
            page.status = error.retry == .never ? 500 : 503
            page.problem = SetupPage.Problem(error.message.sentence)
        }
        // A page has a form of ours or one for GitHub, so one cookie is enough.
        if page.problem?.newName != nil { cookie = session.cookie }
        var response = HTTPServerResponse(page.response)
        if let cookie { response.fields["set-cookie"] = cookie }
        return response
    }

    /// Fills in the App in use, or the ways to make one.
    ///
    /// - Returns: A cookie for the browser, if one is needed.
    private func fill(
        _ page: inout SetupPage, _ event: WebEvent
    ) async throws(Failure) -> String? {
        let settings = runtime.settings
        guard settings.usesStoredApp else {
            let slug = settings.appSlug ?? ""
            page.app = SetupPage.App(
                slug: slug, id: settings.appID.map(String.init) ?? settings.clientID ?? "",
                owner: nil, page: "\(server)/apps/\(slug)", isFromVariables: true)
            return nil
        }
        guard let stored = try await setup.stored() else {
            return try await offer(&page, event, replacing: nil)
        }
        page.app = SetupPage.App(
            slug: stored.app.slug, id: "\(stored.app.id)", owner: stored.app.owner,
            page: stored.page, isFromVariables: false)
        // While a collection runs, the page is read again every two seconds.
        guard page.progress.pending == 0, page.problem == nil else { return nil }
        let name = stored.app.slug
        switch await standing(of: stored) {
        case .there: return nil
        case .renamed(let new):
            page.problem = SetupPage.Problem(
                "On GitHub the App \(name) is now named \(new).", newName: new)
            return nil
        case .unknown(let reason):
            page.problem = SetupPage.Problem(
                "GitHub could not be asked about the App: \(reason.sentence)")
            return nil
        case .gone(let reason):
            page.problem = SetupPage.Problem(
                """
                GitHub does not accept the App \(name) (App ID \(stored.app.id)) any more: it was \
                deleted, or its private key was. Nothing is collected until you create it again. \
                \(reason.sentence)
                """)
            return try await offer(&page, event, replacing: stored)
        }
    }

    private func standing(of stored: StoredApp) async -> AppSetup.Standing {
        let setup = setup
        let asked = await runtime.adapters.time.limited(to: Self.askingTime) {
            await setup.standing(of: stored)
        }
        return asked.isLate ? .unknown(reason: "it did not respond in time") : asked.value
    }

    private func offer(
        _ page: inout SetupPage, _ event: WebEvent, replacing stored: StoredApp?
    ) async throws(Failure) -> String? {
        let beginning = try await setup.begin(event.headers, replacing: stored?.app.id)
        let isPublic = event.query["public"] != "false"
        let (owner, shown) = owner(event, &page)
        let manifest = setup.manifest(
            for: owner, state: beginning.state, isPublic: isPublic, server: server)
        page.offer = SetupPage.Offer(
            owner: shown, isPublic: isPublic,
            action: runtime.settings.gitHub.manifestURL(of: owner, state: beginning.state),
            manifest: manifest.json,
            link: runtime.settings.gitHub.registrationURL(of: owner, manifest),
            variables: [
                Variable.appID, .clientID, .clientSecret, .appSlug, .privateKeyFile,
            ].map(\.rawValue),
            replaces: stored?.app.slug)
        return beginning.cookie
    }

    /// The owner that the query names.
    private func owner(
        _ event: WebEvent, _ page: inout SetupPage
    ) -> (AppOwner, SetupPage.Offer.Owner) {
        func text(_ name: String) -> String? {
            let text = (event.query[name] ?? "").trimmed()
            return text.isEmpty ? nil : text
        }
        if let login = text("organization") {
            guard let organization = OrganizationLogin(login) else {
                page.problem = SetupPage.Problem(
                    """
                    The login of an organization has letters, digits and hyphens, as in its address \
                    \(server)/LOGIN.
                    """)
                return (.person, .person)
            }
            return (.organization(organization), .organization(organization.description))
        }
        if let slug = text("enterprise") {
            guard slug.wholeMatch(of: /[0-9A-Za-z_-]{1,60}/) != nil else {
                page.problem = SetupPage.Problem(
                    """
                    The slug of an enterprise has letters, digits and hyphens, as in its address \
                    \(server)/enterprises/SLUG.
                    """)
                return (.person, .person)
            }
            return (.enterprise(slug), .enterprise(slug))
        }
        return (.person, .person)
    }

    private func progress() async throws(Failure) -> SetupPage.Progress {
        let store = runtime.adapters.store
        let integrations = try await StateReader(store).integrations()
            .filter { $0.removedAt == nil }
        guard !integrations.isEmpty else {
            return SetupPage.Progress(
                connections: [], collected: 0, pending: 0, waiting: 0, failed: 0)
        }
        let queued = try await runtime.bus.queued()
        return SetupPage.Progress(
            connections: integrations.map { integration in
                let names = integration.organizations.map(\.organization.description)
                let shown = names.prefix(8).joined(separator: ", ")
                let more = names.count > 8 ? " and \(names.count - 8) more" : ""
                return "\(integration.user.login): "
                    + (names.isEmpty ? "no organization yet" : shown + more)
            },
            collected: try await store.allKeys(prefix: StoreKey.manifestPrefix).count,
            pending: queued.count { $0.due != nil && $0.reason == nil },
            waiting: queued.count { $0.due != nil && $0.reason != nil },
            failed: queued.count { $0.due == nil })
    }

    private static func status(_ failure: Failure) -> Int {
        switch failure.code {
        case .invalidAuthorization: 400
        case .conflict: 409
        case .malformedReply: 502
        default: failure.retry == .never ? 500 : 503
        }
    }

    /// An address without its path, for a content security policy.
    private static func origin(of address: String) -> String {
        guard let origin = Origin(address) else { return address }
        return "\(origin.scheme)://\(origin.host):\(origin.port)"
    }
}
