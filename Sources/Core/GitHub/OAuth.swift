public import Domain
import Ports
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A pair of user tokens, issued by GitHub for an authorization.
public struct UserTokens: Sendable {
    /// The user access token.
    public var access: AccessToken
    /// The time at which the access token expires; nil if the App's tokens do not expire.
    public var accessExpires: Timestamp?
    /// The refresh token, which can be exchanged once for the next pair.
    public var refresh: Secret?
    /// The time at which the refresh token expires.
    ///
    /// After it, the person has to authorize again.
    public var refreshExpires: Timestamp?

    /// Creates a pair.
    public init(
        access: Secret, issued: Timestamp? = nil, accessExpires: Timestamp? = nil,
        refresh: Secret? = nil, refreshExpires: Timestamp? = nil
    ) {
        self.access = AccessToken(access, issued: issued)
        self.accessExpires = accessExpires
        self.refresh = refresh
        self.refreshExpires = refreshExpires
    }
}

/// The web flow of a GitHub App.
///
/// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>.
extension GitHubClient {
    /// The URL of the page on which a person installs the App on an organization.
    public var installURL: String { "\(endpoints.server)/apps/\(app.slug)/installations/new" }

    /// The same page, which leads back to the first callback URL with the state and a code.
    ///
    /// So it does for an App that asks for authorization during installation. GitHub makes the request
    /// for the code itself, without a PKCE challenge.
    public func installURL(state: String) -> String {
        "\(installURL)?\(Form([("state", state)]).encoded)"
    }

    /// Returns the URL on GitHub at which a person authorizes the App.
    ///
    /// - Parameters:
    ///   - state: A random string, which GitHub returns together with the code.
    ///   - verifier: The PKCE code verifier. The URL contains only its SHA-256 (RFC 7636, `S256`).
    ///   - redirectURI: The callback URL, to which GitHub redirects the browser.
    /// - Returns: A URL that contains no secret.
    public func authorizeURL(state: String, verifier: Secret, redirectURI: String) -> String {
        let challenge = hashing.sha256(verifier.reveal { Array($0.utf8) })
        let query = Form([
            ("client_id", app.clientID), ("redirect_uri", redirectURI), ("state", state),
            ("code_challenge", Base64URL.encode(challenge)), ("code_challenge_method", "S256"),
            ("allow_signup", "false"),
        ]).encoded
        return "\(endpoints.server)/login/oauth/authorize?\(query)"
    }

    /// Exchanges an authorization code for tokens.
    ///
    /// - Parameters:
    ///   - code: The code that the browser received from GitHub.
    ///   - verifier: The verifier passed to ``authorizeURL(state:verifier:redirectURI:)``; nil for a
    ///     code that GitHub issued after an installation, which is bound to none.
    ///   - redirectURI: The callback URL passed there, if any.
    /// - Throws: `invalidAuthorization` if the code is invalid or expired; `misconfigured`, naming
    ///   the variable; `forbidden`; or what the transport throws. The request is never retried,
    ///   because a code works once.
    public func exchange(
        code: Secret, verifier: Secret?, redirectURI: String?
    ) async throws(Failure) -> UserTokens {
        let form = [
            ("code", code.reveal { $0 }), ("code_verifier", verifier?.reveal { $0 }),
            ("redirect_uri", redirectURI),
        ]
        return try await tokens(
            form.compactMap { name, value in value.map { (name, $0) } }, redirectURI: redirectURI)
    }

    /// Exchanges a refresh token for the next pair of tokens.
    ///
    /// GitHub then rejects the old pair.
    ///
    /// - Returns: The new pair, which must be stored before it is used.
    /// - Throws: `unauthorized` if the person has to authorize again; otherwise as
    ///   ``exchange(code:verifier:redirectURI:)``. The request is never retried: GitHub may have
    ///   issued a new pair although its response was lost.
    public func refresh(_ refresh: Secret) async throws(Failure) -> UserTokens {
        try await tokens(
            [("grant_type", "refresh_token"), ("refresh_token", refresh.reveal { $0 })],
            redirectURI: nil)
    }

    private func tokens(
        _ form: [(String, String)], redirectURI: String?
    ) async throws(Failure) -> UserTokens {
        let asked = clock.now()
        let identity = [
            ("client_id", app.clientID), ("client_secret", app.clientSecret.reveal { $0 }),
        ]
        var request = HTTPClientRequest(
            "POST", "\(endpoints.server)/login/oauth/access_token",
            fields: [
                // Without this header, the response is a form.
                "accept": "application/json",
                "content-type": "application/x-www-form-urlencoded",
                "user-agent": Self.userAgent,
            ], body: Array(Form(identity + form).encoded.utf8),
            timeout: responseTimeout)
        // A code and a refresh token work once: a repetition would lose the authorization.
        request.isOnce = true
        let received = try await transport.send(request)
        let response = APIResponse(
            status: received.status, fields: received.fields,
            bytes: try await received.body.bytes())
        return try TokenResponse.read(
            response, asked: asked, arrived: clock.now(), redirectURI: redirectURI)
    }
}
