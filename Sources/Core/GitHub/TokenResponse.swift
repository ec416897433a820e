import Domain
import Ports

/// GitHub's response to an authorization code or a refresh token.
///
/// Errors have status 200 or 4xx.
///
/// Source: <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>.
enum TokenResponse {
    /// The lives of tokens in seconds, up to ten years.
    ///
    /// Any other is nonsense. It could not be dated, or GitHub would refuse the token long before.
    private static let secondCounts = 1.0...(10 * 366 * 86_400)

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
        func expiry(_ name: String) -> Timestamp? {
            content[name]?.number.flatMap { seconds in
                secondCounts ~= seconds ? asked.advanced(by: .seconds(Int64(seconds))) : nil
            }
        }
        // A token whose end is not known is renewed soon, or else used. So is a refresh token: taken for
        // expired, it would cost the authorization.
        let unknown = content["expires_in"] == nil || refresh == nil ? nil : asked
        return UserTokens(
            access: Secret(access), issued: arrived,
            accessExpires: expiry("expires_in") ?? unknown,
            refresh: refresh.map(Secret.init), refreshExpires: expiry("refresh_token_expires_in"))
    }
}
