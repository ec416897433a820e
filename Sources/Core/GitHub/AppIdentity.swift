public import Domain
import Ports
import Toolbox

/// The App as GitHub describes it.
public struct AppIdentity: Hashable, Sendable, Decodable {
    /// The App ID.
    public let id: Int64
    /// The App's name in URLs.
    public let slug: String?
    /// The client ID of the authorization flow.
    public let clientID: String?

    /// Whether a text can be the App's name in URLs; any other would lead elsewhere.
    public static func isSlug(_ text: String) -> Bool {
        text.wholeMatch(of: /[0-9A-Za-z_-]{1,100}/) != nil
    }

    private enum CodingKeys: String, CodingKey {
        case id
        case slug
        case clientID = "client_id"
    }
}

/// GitHub's response to the App's own token.
///
/// A rejection is informative too.
public struct AppResponse: Sendable {
    /// The App, or the reason why GitHub rejects the token that it signed.
    public let app: Result<AppIdentity, Failure>
    /// How far this machine's clock is ahead of GitHub's; negative if it is behind, nil if the
    /// response has no `date` header.
    public let clockLead: Duration?
}

extension GitHubClient {
    /// Fetches the App's identity and the difference between GitHub's clock and this machine's.
    ///
    /// Source: <https://docs.github.com/en/rest/apps/apps>, "Get the authenticated app". The time is
    /// the `date` header of RFC 9110, section 6.6.1, which error responses carry as well.
    ///
    /// - Throws: `unavailable` or `timedOut` if GitHub does not respond, or `misconfigured` if the
    ///   key cannot sign.
    public func currentApp() async throws(Failure) -> AppResponse {
        let request = APIRequest(
            url: "\(endpoints.api)/app", caller: .app, subject: "the App itself",
            missing: "GitHub does not know the App. Set GITHUB_APP_ID to its App ID, a number")
        return try await persistently { () async throws(Failure) -> AppResponse in
            let asked = clock.now()
            let response = try await follow(request)
            let lead = HTTPDate.parse(response.fields["date"] ?? "").map {
                Self.lead(asked, clock.now(), over: $0)
            }
            guard response.status == 200, !response.isPage else {
                let refusal = RefusalTable.refusal(
                    for: response, to: request, at: clock.now()
                ).failure
                guard refusal.retry == .never else { throw refusal }
                return AppResponse(app: .failure(refusal), clockLead: lead)
            }
            let app = try response.decoded(as: AppIdentity.self, request.subject)
            return AppResponse(app: .success(app), clockLead: lead)
        }
    }

    /// How far ahead of GitHub's clock this one is, if the request was sent at `asked`, the
    /// response arrived at `answered`, and GitHub dated it `date`.
    ///
    /// Travel time does not count as a difference.
    private static func lead(
        _ asked: Timestamp, _ answered: Timestamp, over date: Timestamp
    ) -> Duration {
        // The date has no fractions of a second, so it can mean any moment of that second.
        if date.advanced(by: .seconds(1)) < asked { return asked.since(date) }
        return date > answered ? answered.since(date) : .zero
    }
}
