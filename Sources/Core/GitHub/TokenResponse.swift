import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

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

    private struct Content: Decodable {
        var access_token: String?
        var expires_in: Tolerant<Double>?
        var refresh_token: String?
        var refresh_token_expires_in: Tolerant<Double>?
    }

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
        let content = try? JSONDecoder().decode(Content.self, from: Data(response.bytes))
        guard let content, let access = content.access_token, !access.isEmpty else {
            throw Failure(.malformedReply, "GitHub's response to a token request contains no token")
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
        func moment(_ seconds: Tolerant<Double>?) -> Timestamp? {
            seconds.map { seconds in
                let seconds = min(max(0, seconds.value ?? 0), secondCountMax)
                return asked.advanced(by: .seconds(Int64(seconds)))
            }
        }
        return UserTokens(
            access: Secret(access), issued: arrived, accessExpires: moment(content.expires_in),
            refresh: content.refresh_token.map(Secret.init),
            refreshExpires: moment(content.refresh_token_expires_in))
    }
}
