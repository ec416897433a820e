import Domain
import Synchronization
import Toolbox

/// Registers an App: from a manifest that a form posts, or on the registration page.
///
/// Sources: <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest>
/// and <https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-using-url-parameters>.
extension SimulatedGitHub {
    /// How long the code of a manifest is valid.
    static let manifestCodeLife: Duration = .seconds(3_600)

    /// `GET /settings/apps/new`: GitHub's registration page, filled in from the address.
    func registrationPage(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let draft = AppDraft(parameters: request.query)
        for error in draft.errors { recordViolation(error, request) }
        return .page(
            200, Pages.newApp(draft, request: request, people: world.people, manifest: nil))
    }

    /// `POST /settings/apps/new`: a manifest, the person's decision about it, or a registration.
    func createApp(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let manifest = request.form["manifest"]
        guard let manifest else { return try register(request) }
        guard request.parameters["enterprise"] == nil else {
            recordViolation("a manifest for an enterprise", request)
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        let draft = AppDraft(manifest: manifest)
        guard draft.errors.isEmpty else {
            for error in draft.errors { recordViolation(error, request) }
            return .page(422, Pages.invalidManifest(draft.errors))
        }
        if case .automatic(let login) = configuration.consent {
            return try create(draft, by: login, request)
        }
        guard request.form["decision"] == "create" else {
            return .page(
                200, Pages.newApp(draft, request: request, people: world.people, manifest: manifest)
            )
        }
        var named = draft
        named.name = request.form["name"] ?? ""
        if let error = takeName(named.name) {
            return .page(
                422,
                Pages.newApp(
                    named, request: request, people: world.people, manifest: manifest, error: error)
            )
        }
        return try create(named, by: request.form["person"] ?? "", request)
    }

    /// Makes the App of a manifest, and returns to its page with a code.
    private func create(
        _ draft: AppDraft, by login: String, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> SimulatedResponse {
        let app = try make(draft, by: login, request)
        let code = makeWord("manifest code", count: 40)
        let expires = request.moment.advanced(by: Self.manifestCodeLife)
        state.withLock { $0.manifestCodes[code] = ManifestCode(app: app, expires: expires) }
        let fields = [("code", code)] + (request.query["state"].map { [("state", $0)] } ?? [])
        let separator = draft.redirectURL.contains("?") ? "&" : "?"
        return .redirect(to: draft.redirectURL + separator + Form(fields).encoded)
    }

    /// Makes the App that the registration page describes, and shows its credentials once.
    private func register(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        var draft = AppDraft(parameters: request.query)
        draft.name = request.form["name"] ?? draft.name
        if let error = takeName(draft.name) {
            return .page(
                422,
                Pages.newApp(
                    draft, request: request, people: world.people, manifest: nil, error: error))
        }
        let app = try make(draft, by: request.form["person"] ?? "", request)
        return .page(201, Pages.registered(app))
    }

    /// Registers an App in the place of the present one.
    private func make(
        _ draft: AppDraft, by login: String, _ request: SimulatedRequest
    ) throws(ErrorResponse) -> RegisteredApp {
        guard let person = world.people.first(where: { $0.login == login }) else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        var owner = person.login
        if let name = request.parameters["owner"] {
            // Whoever may not manage an organization's Apps does not see the page.
            guard let organization = world.organization(name), organization.isOwned(by: person.id)
            else { throw ErrorResponse(.page(404, Pages.notFound)) }
            owner = organization.login
        }
        if let enterprise = request.parameters["enterprise"] { owner = enterprise }
        let number = state.withLock { state in
            state.madeCount += 1
            return Int64(1_000_000 + state.madeCount)
        }
        var app = RegisteredApp(
            id: number, clientID: "Iv23li" + makeWord("client ID", count: 14),
            clientSecret: Secret(makeWord("client secret", count: 40)), slug: draft.slug,
            callbackURLs: draft.callbackURLs, privateKey: RegisteredApp.makePrivateKey())
        app.owner = owner
        app.isPublic = draft.isPublic
        app.permissions = draft.permissions
        app.authorizesOnInstall = draft.authorizesOnInstall
        do throws(Failure) {
            try register(app)
        } catch {
            throw ErrorResponse(500, error.message)
        }
        return app
    }

    /// Checks a new App's name.
    ///
    /// - Returns: Why it cannot have this name; nil if it can.
    private func takeName(_ name: String) -> String? {
        guard 1...34 ~= name.count else { return "Name must have 1 to 34 characters." }
        let slug = AppDraft.slug(of: name)
        let isTaken = state.withLock { state in
            state.namedCount += 1
            return state.namedCount == 1 && configuration.isFirstNameTaken
                || state.app?.registration.slug == slug
        }
        return isTaken ? "Name is already taken." : nil
    }

    /// `POST /app-manifests/{code}/conversions`: reveals the App's credentials, once.
    func convertManifest(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let text = request.parameter("code")
        let (code, wasUsed) = state.withLock { state in
            let code = state.manifestCodes.removeValue(forKey: text)
            if code != nil { state.usedManifestCodes.insert(text) }
            return (code, code == nil && state.usedManifestCodes.contains(text))
        }
        if wasUsed { recordViolation("a manifest's code that was used before", request) }
        guard let code, request.moment < code.expires else { throw ErrorResponse.notFound }
        let app = code.app
        return .json(
            201,
            .object([
                "id": .integer(app.id), "slug": .string(app.slug), "name": .string(app.slug),
                "client_id": .string(app.clientID),
                "client_secret": .string(app.clientSecret.reveal { $0 }),
                "pem": .string(app.privateKey.reveal { $0 }), "webhook_secret": .null,
                "owner": .object(["login": .string(app.owner ?? ""), "id": .integer(1)]),
                "html_url": .string("\(serverAddress)/apps/\(app.slug)"),
                "permissions": .object(app.permissions.mapValues { .string($0) }),
                "events": .array([]), "created_at": .string(request.moment.description),
            ]))
    }
}
