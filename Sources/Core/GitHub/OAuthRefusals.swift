import Domain
import Ports

/// The table that assigns a failure to every refusal of GitHub's OAuth host.
///
/// It serves web pages too, so a pause can come as a page, and a proxy's page in place of tokens. A
/// documented refusal is JSON with an `error`, mostly with status 200:
/// <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>.
enum OAuthRefusals {
    private struct Row: Sendable {
        let matches: @Sendable (APIResponse, _ error: String?) -> Bool
        let code: Failure.Code
        let advice: @Sendable (Context) -> String
    }

    private struct Context: Sendable {
        let status: Int
        let error: String?
        let redirectURI: String?
    }

    // swift-format-ignore
    private static let rows: [Row] = [
        // Pauses. GitHub refuses a burst of requests from one address with 429, or with a bare 403.
        Row(matches: { response, _ in response.status == 429 }, code: .rateLimited, advice: pause),
        Row(matches: { response, error in error == nil && response.status != 200 && response.fields["retry-after"] != nil && response.status < 500 }, code: .rateLimited, advice: pause),
        Row(matches: { response, error in error == nil && response.status == 403 }, code: .rateLimited, advice: pause),
        // Documented refusals.
        Row(matches: named("bad_refresh_token"), code: .unauthorized, advice: { _ in RefusalTable.authorizationEnded }),
        Row(matches: named("bad_verification_code"), code: .invalidAuthorization, advice: wrongCode),
        Row(matches: named("incorrect_client_credentials"), code: .misconfigured, advice: wrongSecret),
        Row(matches: named("redirect_uri_mismatch"), code: .misconfigured, advice: wrongCallback),
        Row(matches: named("unverified_user_email"), code: .forbidden, advice: { _ in "GitHub requires the person to verify the primary e-mail address first" }),
        Row(matches: named("application_suspended"), code: .suspended, advice: { _ in "GitHub suspended the App. Its owner must contact GitHub Support" }),
        // The server, whatever JSON it or a gateway sends with the status.
        Row(matches: { response, _ in response.status == 408 || response.status >= 500 }, code: .unavailable, advice: { _ in "GitHub cannot issue tokens at the moment" }),
        Row(matches: { _, error in error != nil }, code: .invalidAuthorization, advice: otherError),
        // GitHub answers 404 for an App that it does not know, with a page or without one.
        Row(matches: { response, _ in response.status == 404 }, code: .misconfigured, advice: wrongSecret),
        Row(matches: { response, _ in response.isPage }, code: .unavailable, advice: otherServer),
        Row(matches: { response, _ in 300...399 ~= response.status }, code: .unavailable, advice: redirect),
        Row(matches: { response, _ in response.status != 200 }, code: .malformedReply, advice: undocumented),
    ]

    /// Returns what a response stands for; nil if it is not a refusal.
    static func refusal(
        in response: APIResponse, at now: Timestamp, redirectURI: String?
    ) -> Failure? {
        let error = TokenContent(response).text("error")
        guard let row = rows.first(where: { $0.matches(response, error) }) else { return nil }
        let asked = RateLimit.wait(response.fields, at: now)
        let delay: Duration? =
            switch row.code {
            case .rateLimited: asked ?? RateLimit.waitDefault
            case .unavailable: asked
            default: nil
            }
        return Failure(
            row.code,
            row.advice(
                Context(status: response.status, error: error, redirectURI: redirectURI)),
            delay: delay)
    }

    private static func named(
        _ error: String
    ) -> @Sendable (APIResponse, _ error: String?) -> Bool {
        { $1 == error }
    }

    private static func pause(_ context: Context) -> String {
        """
        GitHub asks to pause authorizations from this address (status \(context.status)). They are \
        tried again; nobody has to authorize again
        """
    }

    private static func wrongCode(_: Context) -> String {
        """
        GitHub rejected the authorization code: it is wrong, was used before, or is older than \
        ten minutes. Begin again
        """
    }

    private static func wrongSecret(_: Context) -> String {
        """
        GITHUB_APP_CLIENT_SECRET is not a client secret of the App that \
        GITHUB_APP_CLIENT_ID names. Generate one on the App's settings page
        """
    }

    private static func wrongCallback(_ context: Context) -> String {
        """
        the callback URL is not registered with the App. Add \
        \(context.redirectURI ?? "it") to the App's callback URLs, or correct PUBLIC_URL
        """
    }

    private static func otherError(_ context: Context) -> String {
        // Only what looks like a name is repeated.
        let name = context.error.flatMap { error in
            error.wholeMatch(of: /[0-9A-Za-z_]{1,64}/).map { " (\($0.output))" }
        }
        return "GitHub refused the authorization\(name ?? ""). Begin again"
    }

    private static func otherServer(_ context: Context) -> String {
        "an HTML page arrived in place of tokens (status \(context.status)): \(notGitHub)"
    }

    private static func redirect(_ context: Context) -> String {
        "a redirect arrived in place of tokens (status \(context.status)): \(notGitHub)"
    }

    private static let notGitHub = """
        a proxy or filter answered for GitHub, or GITHUB_SERVER_URL is not GitHub's address. Allow \
        GitHub's hosts there, or correct the address
        """

    private static func undocumented(_ context: Context) -> String {
        """
        GitHub's response to a token request has the undocumented status \(context.status). If this \
        persists, check what answers at GITHUB_SERVER_URL, such as a proxy
        """
    }
}
