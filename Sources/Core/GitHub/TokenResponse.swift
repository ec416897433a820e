import Domain
import Ports

/// GitHub's response to an authorization code or a refresh token.
///
/// Errors have status 200 or 4xx.
///
/// Source: <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>.
enum TokenResponse {
    /// The longest life of a token, ten years.
    ///
    /// Whatever exceeds it is nonsense, and must not be dated beyond all dates.
    private static let secondCountMax = 10.0 * 366 * 86_400

    /// Reads tokens.
    ///
    /// - Parameters:
    ///   - asked: The time of the request, from which GitHub counts the lifetimes at the latest.
    ///   - arrived: The time at which the response arrived.
    static func read(
        _ response: APIResponse, asked: Timestamp, arrived: Timestamp, redirectURI: String?
    ) throws(Failure) -> UserTokens {
        if let refusal = OAuthRefusals.refusal(
            in: response, at: arrived, redirectURI: redirectURI)
        {
            throw refusal
        }
        let content = TokenContent(response)
        guard let access = content.text("access_token") else {
            throw Failure(
                response.isBlank ? .unavailable : .malformedReply,
                """
                GitHub's response to a token request contains no token. If this persists, check what \
                stands between this program and GITHUB_SERVER_URL, such as a proxy
                """)
        }
        let refresh = content.text("refresh_token")
        guard [access, refresh].allSatisfy({ $0.map(AccessToken.isSendable) ?? true }) else {
            throw AccessToken.notSendable
        }
        // GitHub's formats: an OAuth App's token begins with `gho_`, a GitHub App's with `ghu_`.
        guard !access.hasPrefix("gho_") else {
            throw Failure(
                .misconfigured,
                """
                GITHUB_APP_CLIENT_ID and GITHUB_APP_CLIENT_SECRET belong to an OAuth App. Use those of \
                a GitHub App, whose client ID begins with Iv
                """)
        }
        // One that is not a number counts as zero: the pair is good, and is renewed soon.
        func moment(_ name: String) -> Timestamp? {
            content[name].map { value in
                let seconds = min(max(0, value.number ?? 0), secondCountMax)
                return asked.advanced(by: .seconds(Int64(seconds)))
            }
        }
        return UserTokens(
            access: Secret(access), issued: arrived, accessExpires: moment("expires_in"),
            refresh: refresh.map(Secret.init), refreshExpires: moment("refresh_token_expires_in"))
    }
}
