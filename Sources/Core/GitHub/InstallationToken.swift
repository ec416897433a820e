public import Domain
import Ports

/// An installation access token, which lets the App read one organization for about an hour.
public struct InstallationToken: Sendable {
    /// The token, with the permissions that it has.
    public let token: AccessToken
    /// The time at which the token expires, if GitHub reports it.
    public let expires: Timestamp?
}

extension GitHubClient {
    /// Creates an access token for one installation.
    ///
    /// - Throws: `suspended`, `notFound` if the App was uninstalled, `misconfigured` if GitHub
    ///   rejects the App's key, `rateLimited`, `malformedReply`, or what the transport throws.
    public func installationToken(
        _ installation: InstallationID
    ) async throws(Failure) -> InstallationToken {
        struct Content: Decodable {
            var token: String
            // Nothing but a report to people depends on it.
            var expires_at: Tolerant<Timestamp>?
            var permissions: [String: JSONValue]?
        }
        let subject = "a token for installation \(installation)"
        let request = APIRequest(
            method: "POST",
            url: "\(endpoints.api)/app/installations/\(installation)/access_tokens", caller: .app,
            subject: subject, organization: "the organization of installation \(installation)",
            missing: """
                the App is no longer installed (installation \(installation)). An owner must \
                install it again
                """)
        return try await perform(request) { response throws(Failure) in
            let content = try response.decoded(as: Content.self, subject)
            guard AccessToken.isSendable(content.token) else { throw AccessToken.notSendable }
            let token = AccessToken(
                Secret(content.token), issued: clock.now(),
                permissions: (content.permissions ?? [:]).compactMapValues(\.text))
            return InstallationToken(token: token, expires: content.expires_at?.value)
        }
    }
}
