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
        var error: String?
    }

    static func read(
        _ response: APIResponse, asked: Timestamp, redirectURI: String?
    ) throws(Failure) -> UserTokens {
        switch response.status {
        case 408, 500...599:
            throw Failure(
                .unavailable, "GitHub cannot issue tokens at the moment",
                delay: RateLimit.wait(response.fields, at: asked))
        case 429:
            throw Failure(
                .rateLimited, "GitHub's rate limit for authorizations is reached",
                delay: RateLimit.wait(response.fields, at: asked) ?? RateLimit.waitDefault)
        default: break
        }
        let content = try? JSONDecoder().decode(Content.self, from: Data(response.bytes))
        if let error = content?.error { throw refusal(error, redirectURI) }
        // GitHub answers 404 for an App that it does not know.
        if response.status == 404 { throw refusal("incorrect_client_credentials", redirectURI) }
        guard response.status == 200, let content, let access = content.access_token,
            !access.isEmpty
        else {
            throw Failure(.malformedReply, "GitHub's response to a token request contains no token")
        }
        // One that is not a number counts as zero: the pair is good, and is renewed soon.
        func moment(_ seconds: Tolerant<Double>?) -> Timestamp? {
            seconds.map { seconds in
                let seconds = min(max(0, seconds.value ?? 0), secondCountMax)
                return asked.advanced(by: .seconds(Int64(seconds)))
            }
        }
        return UserTokens(
            access: Secret(access), accessExpires: moment(content.expires_in),
            refresh: content.refresh_token.map(Secret.init),
            refreshExpires: moment(content.refresh_token_expires_in))
    }

    private static func refusal(_ error: String, _ redirectURI: String?) -> Failure {
        switch error {
        case "bad_refresh_token":
            Failure(
                .unauthorized, RefusalTable.authorizationEnded)
        case "bad_verification_code":
            Failure(
                .invalidAuthorization,
                """
                GitHub rejected the authorization code: it is wrong, was used before, or is older than \
                ten minutes. Begin again
                """)
        case "incorrect_client_credentials":
            Failure(
                .misconfigured,
                """
                GITHUB_APP_CLIENT_SECRET is not a client secret of the App that \
                GITHUB_APP_CLIENT_ID names. Generate one on the App's settings page
                """)
        case "redirect_uri_mismatch":
            Failure(
                .misconfigured,
                """
                the callback URL is not registered with the App. Add \
                \(redirectURI ?? "it") to the App's callback URLs, or correct PUBLIC_URL
                """)
        case "unverified_user_email":
            Failure(
                .forbidden, "GitHub requires the person to verify the primary e-mail address first")
        case "application_suspended":
            Failure(.suspended, "GitHub suspended the App. Its owner must contact GitHub Support")
        default:
            Failure(.invalidAuthorization, "GitHub refused the authorization. Begin again")
        }
    }
}
