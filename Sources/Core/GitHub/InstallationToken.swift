public import Domain
import Ports

/// What the App reads one organization by, for about an hour.
public struct InstallationToken: Sendable {
    /// The token, in whatever form: GitHub has changed it before, and made it longer.
    public let token: Secret
    /// From when on it is refused, if GitHub says so.
    public let expires: Timestamp?
    /// What the organization granted, by GitHub's names; the value is the access.
    public let permissions: [String: String]
}

extension GitHubClient {
    /// Makes a token for one installation.
    ///
    /// - Parameter installation: Which.
    /// - Returns: A fresh token.
    /// - Throws: `suspended`, `notFound` if the App was uninstalled, `misconfigured` if GitHub does
    ///   not accept the App's key, `rateLimited`, `malformedReply`, or what the transport throws.
    public func installationToken(
        _ installation: InstallationID
    ) async throws(Failure) -> InstallationToken {
        struct Content: Decodable {
            var token: String
            var expires_at: Timestamp?
            var permissions: [String: JSONValue]?
        }
        let subject = "a token for installation \(installation)"
        let question = Question(
            method: "POST",
            url: "\(endpoints.api)/app/installations/\(installation)/access_tokens", caller: .app,
            subject: subject, organization: "the organization of installation \(installation)",
            missing: """
                the App is no longer installed (installation \(installation)): an owner must \
                install it again
                """)
        return try await ask(question) { answer throws(Failure) in
            let content = try answer.decoded(as: Content.self, subject)
            return InstallationToken(
                token: Secret(content.token), expires: content.expires_at,
                permissions: (content.permissions ?? [:]).compactMapValues(\.text))
        }
    }
}
