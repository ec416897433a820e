import Toolbox
import Domain
import Synchronization

/// The web flow's first half: a person agrees, and comes back to the App with a code.
///
/// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>.
extension SimulatedGitHub {
    /// `GET /login/oauth/authorize`.
    func authorize(_ call: Call) throws(Refusal) -> Answer {
        let request = try authorizationRequest(call)
        if case .automatic(let login) = configuration.consent {
            return try consent(request, person: login)
        }
        return .page(200, Pages.consent(app: configuration.app, call: call, people: world.people))
    }

    /// `POST /login/oauth/authorize`, the form of the page: who it is, and whether they agree.
    func decide(_ call: Call) throws(Refusal) -> Answer {
        let request = try authorizationRequest(call)
        guard call.form["decision"] == "authorize" else {
            return request.back([
                ("error", "access_denied"),
                ("error_description", "The user has denied your application access."),
                ("error_uri", Pages.authorizationErrors),
            ])
        }
        return try consent(request, person: call.form["person"] ?? "")
    }

    private func consent(_ request: AuthorizationRequest, person: String) throws(Refusal) -> Answer
    {
        guard let person = world.people.first(where: { $0.login == person }) else {
            throw Refusal(.page(404, Pages.notFound))
        }
        let code = makeCode(
            for: person, redirectURI: request.isExplicit ? request.redirectURI : nil,
            challenge: request.challenge)
        return request.back([("code", code)])
    }

    /// Makes a code that lives ten minutes.
    func makeCode(for person: Person, redirectURI: String?, challenge: String?) -> String {
        let code = makeWord("code", count: 20)
        let expires = now.advanced(by: .seconds(600))
        state.withLock {
            $0.codes[code] = AuthorizationCode(
                person: person.id, redirectURI: redirectURI, challenge: challenge,
                expires: expires)
        }
        return code
    }

    /// Checks what the App sent along; a fault of the App's is told to the App, by a redirect.
    private func authorizationRequest(_ call: Call) throws(Refusal) -> AuthorizationRequest {
        let query = call.query
        let app = configuration.app
        guard query["client_id"] == app.clientID, let first = app.callbackURLs.first else {
            throw Refusal(.page(404, Pages.notFound))
        }
        let asked = query["redirect_uri"]
        var request = AuthorizationRequest(
            redirectURI: asked ?? first, isExplicit: asked != nil, state: query["state"],
            challenge: query["code_challenge"])
        func fail(_ error: String, _ description: String) -> Refusal {
            Refusal(
                request.back([
                    ("error", error), ("error_description", description),
                    ("error_uri", Pages.authorizationErrors),
                ]))
        }
        guard app.callbackURLs.contains(request.redirectURI) else {
            request.redirectURI = first
            throw fail(
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.")
        }
        if let challenge = request.challenge {
            guard query["code_challenge_method"] == "S256" else {
                recordViolation("a PKCE challenge whose method is not S256", call)
                throw fail("invalid_request", "The code_challenge_method must be S256.")
            }
            // 32 bytes of SHA-256 in base64url.
            guard challenge.utf8.count == 43, Base64URL.decode(challenge)?.count == 32 else {
                throw fail("invalid_request", "The code_challenge is not a SHA-256.")
            }
        }
        return request
    }
}

/// An authorization as the App asked for it.
private struct AuthorizationRequest {
    var redirectURI: String
    /// Whether the App named the address, and did not leave it to GitHub.
    let isExplicit: Bool
    let state: String?
    let challenge: String?

    /// Sends the browser back to the App, with its state.
    func back(_ fields: [(String, String)]) -> Answer {
        let all = fields + (state.map { [("state", $0)] } ?? [])
        let separator = redirectURI.contains("?") ? "&" : "?"
        return .redirect(to: redirectURI + separator + Form(all).encoded)
    }
}
