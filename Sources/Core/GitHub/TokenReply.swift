import Domain
import Ports

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// GitHub's answer to a code or a refresh token; its errors come with status 200 as well as 4xx.
///
/// Source: <https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors>.
enum TokenReply {
    private struct Content: Decodable {
        var access_token: String?
        var expires_in: Int64?
        var refresh_token: String?
        var refresh_token_expires_in: Int64?
        var error: String?
    }

    static func read(
        _ answer: Answer, asked: Timestamp, redirectURI: String?
    ) throws(Failure) -> UserTokens {
        switch answer.status {
        case 408, 500...599:
            throw Failure(
                .unavailable, "GitHub cannot give tokens at the moment",
                delay: RateLimit.wait(answer.fields, at: asked))
        case 429:
            throw Failure(
                .rateLimited, "GitHub asks for fewer authorizations",
                delay: RateLimit.wait(answer.fields, at: asked) ?? RateLimit.waitDefault)
        default: break
        }
        let content = try? JSONDecoder().decode(Content.self, from: Data(answer.bytes))
        if let error = content?.error { throw refusal(error, redirectURI) }
        // GitHub hides an App that it does not know.
        if answer.status == 404 { throw refusal("incorrect_client_credentials", redirectURI) }
        guard answer.status == 200, let content, let access = content.access_token, !access.isEmpty
        else {
            throw Failure(.malformedReply, "GitHub answers a request for tokens with none")
        }
        func moment(_ seconds: Int64?) -> Timestamp? {
            seconds.map { asked.advanced(by: .seconds($0)) }
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
                .unauthorized,
                "GitHub does not accept the person's authorization any more: authorize again")
        case "bad_verification_code":
            Failure(
                .invalidAuthorization,
                "GitHub's code is wrong, was used or is older than ten minutes: begin again")
        case "incorrect_client_credentials":
            Failure(
                .misconfigured,
                "GITHUB_APP_CLIENT_SECRET is not a secret of the App that GITHUB_APP_CLIENT_ID names"
            )
        case "redirect_uri_mismatch":
            Failure(
                .misconfigured,
                """
                the address to come back to does not fit: register \
                \(redirectURI ?? "the callback URL") as a callback URL of the App, or correct \
                PUBLIC_URL
                """)
        case "unverified_user_email":
            Failure(
                .forbidden, "GitHub asks the person to verify the primary e-mail address first")
        case "application_suspended":
            Failure(.suspended, "GitHub suspended the App: its owner must ask GitHub's support")
        default:
            Failure(.invalidAuthorization, "GitHub refuses the authorization: begin again")
        }
    }
}
