import Toolbox
public import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What GitHub gives for an authorization.
public struct UserTokens: Sendable {
    /// Acts for the person.
    public var access: Secret
    /// From when on it is refused; nil if the App's tokens do not expire.
    public var accessExpires: Timestamp?
    /// Gets the next pair, once.
    public var refresh: Secret?
    /// From when on only the person can get another pair.
    public var refreshExpires: Timestamp?

    /// Creates a pair.
    public init(
        access: Secret, accessExpires: Timestamp? = nil, refresh: Secret? = nil,
        refreshExpires: Timestamp? = nil
    ) {
        self.access = access
        self.accessExpires = accessExpires
        self.refresh = refresh
        self.refreshExpires = refreshExpires
    }
}

/// The web flow of a GitHub App.
///
/// Source: <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-user-access-token-for-a-github-app>.
extension GitHubClient {
    /// The page on which a person installs the App on an organization.
    public var installURL: String { "\(endpoints.server)/apps/\(app.slug)/installations/new" }

    /// Builds the address that a person's browser is sent to.
    ///
    /// - Parameters:
    ///   - state: What GitHub gives back with the code.
    ///   - verifier: The secret that the code is bound to, by its SHA-256 (RFC 7636, `S256`).
    ///   - redirectURI: Where GitHub sends the browser back to.
    /// - Returns: The address, without any secret.
    public func authorizeURL(state: String, verifier: Secret, redirectURI: String) -> String {
        let challenge = hashing.sha256(verifier.reveal { Array($0.utf8) })
        let query = Form([
            ("client_id", app.clientID), ("redirect_uri", redirectURI), ("state", state),
            ("code_challenge", Base64URL.encode(challenge)), ("code_challenge_method", "S256"),
            ("allow_signup", "false"),
        ]).encoded
        return "\(endpoints.server)/login/oauth/authorize?\(query)"
    }

    /// Redeems a code.
    ///
    /// - Parameters:
    ///   - code: What GitHub gave the browser.
    ///   - verifier: The secret of ``authorizeURL(state:verifier:redirectURI:)``.
    ///   - redirectURI: The address that was given there.
    /// - Returns: The tokens.
    /// - Throws: `invalidAuthorization` if the code is not or no longer good; `misconfigured`,
    ///   naming the variable; `forbidden`; or what the transport throws. It is sent once: a code
    ///   works once, so a second try could only fail.
    public func exchange(
        code: Secret, verifier: Secret, redirectURI: String
    ) async throws(Failure) -> UserTokens {
        try await tokens(
            [
                ("code", code.reveal { $0 }), ("code_verifier", verifier.reveal { $0 }),
                ("redirect_uri", redirectURI),
            ], redirectURI: redirectURI)
    }

    /// Gets the next pair of tokens; from then on GitHub refuses the old pair.
    ///
    /// - Parameter refresh: The pair's refresh token.
    /// - Returns: The new pair, to be stored before it is used.
    /// - Throws: `unauthorized` if the person has to authorize again; otherwise as
    ///   ``exchange(code:verifier:redirectURI:)``. It is sent once: GitHub may have made a new pair
    ///   although its answer was lost.
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
        let reply = try await transport.send(
            HTTPClientRequest(
                "POST", "\(endpoints.server)/login/oauth/access_token",
                fields: [
                    // Without it the answer is a form.
                    "accept": "application/json",
                    "content-type": "application/x-www-form-urlencoded",
                    "user-agent": Self.userAgent,
                ], body: Array(Form(identity + form).encoded.utf8),
                timeout: responseTimeout))
        let answer = Answer(
            status: reply.status, fields: reply.fields, bytes: try await reply.body.bytes())
        return try TokenReply.read(answer, asked: asked, redirectURI: redirectURI)
    }
}
