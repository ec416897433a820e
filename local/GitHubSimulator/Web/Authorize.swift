import Domain
import Synchronization
import Toolbox

/// The first half of the web flow: a person agrees and returns to the App with a code.
///
/// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>.
extension SimulatedGitHub {
    /// `GET /login/oauth/authorize`.
    func authorize(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let authorization = try authorizationRequest(request)
        if case .automatic(let login) = configuration.consent {
            return try consent(authorization, person: login)
        }
        return .page(
            200,
            Pages.consent(
                app: try requireRegistration(), request: request, people: world.people))
    }

    /// `POST /login/oauth/authorize`, the form of the page: the person and the decision.
    func decide(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let authorization = try authorizationRequest(request)
        guard request.form["decision"] == "authorize" else {
            return authorization.back([
                ("error", "access_denied"),
                ("error_description", "The user has denied your application access."),
                ("error_uri", Pages.authorizationErrors),
            ])
        }
        return try consent(authorization, person: request.form["person"] ?? "")
    }

    private func consent(
        _ authorization: AuthorizationRequest, person: String
    ) throws(ErrorResponse) -> SimulatedResponse {
        guard let person = world.people.first(where: { $0.login == person }) else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        let code = makeCode(
            for: person, redirectURI: authorization.isExplicit ? authorization.redirectURI : nil,
            challenge: authorization.challenge)
        return authorization.back([("code", code)])
    }

    /// Makes a code that is valid for ten minutes.
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

    /// Checks the App's parameters; an error returns to the App by a redirect.
    private func authorizationRequest(
        _ request: SimulatedRequest
    ) throws(ErrorResponse) -> AuthorizationRequest {
        let query = request.query
        let app = try requireRegistration()
        guard query["client_id"] == app.clientID, let first = app.callbackURLs.first else {
            throw ErrorResponse(.page(404, Pages.notFound))
        }
        let asked = query["redirect_uri"]
        var authorization = AuthorizationRequest(
            redirectURI: asked ?? first, isExplicit: asked != nil, state: query["state"],
            challenge: query["code_challenge"])
        func fail(_ error: String, _ description: String) -> ErrorResponse {
            ErrorResponse(
                authorization.back([
                    ("error", error), ("error_description", description),
                    ("error_uri", Pages.authorizationErrors),
                ]))
        }
        guard app.callbackURLs.contains(authorization.redirectURI) else {
            authorization.redirectURI = first
            throw fail(
                "redirect_uri_mismatch",
                "The redirect_uri MUST match the registered callback URL for this application.")
        }
        if let challenge = authorization.challenge {
            guard query["code_challenge_method"] == "S256" else {
                recordViolation("a PKCE challenge whose method is not S256", request)
                throw fail("invalid_request", "The code_challenge_method must be S256.")
            }
            // 32 bytes of SHA-256 in base64url.
            guard challenge.utf8.count == 43, Base64URL.decode(challenge)?.count == 32 else {
                throw fail("invalid_request", "The code_challenge is not a SHA-256.")
            }
        }
        return authorization
    }
}

/// An authorization that the App asks for.
private struct AuthorizationRequest {
    var redirectURI: String
    /// Whether the App chose the callback URL instead of leaving the choice to GitHub.
    let isExplicit: Bool
    let state: String?
    let challenge: String?

    /// Redirects the browser to the App, with the App's state.
    func back(_ fields: [(String, String)]) -> SimulatedResponse {
        let all = fields + (state.map { [("state", $0)] } ?? [])
        let separator = redirectURI.contains("?") ? "&" : "?"
        return .redirect(to: redirectURI + separator + Form(all).encoded)
    }
}
