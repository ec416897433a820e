import Toolbox
public import Domain
import Ports

/// The App as GitHub knows it.
public struct AppIdentity: Hashable, Sendable, Decodable {
    /// The App's number.
    public let id: Int64
    /// The App's name in addresses.
    public let slug: String?
    /// The client id that people authorize.
    public let clientID: String?

    private enum CodingKeys: String, CodingKey {
        case id
        case slug
        case clientID = "client_id"
    }
}

/// What GitHub answers when the App asks who it is; a refusal says something too.
public struct AppAnswer: Sendable {
    /// The App, or why GitHub does not accept the token that it signed.
    public let app: Result<AppIdentity, Failure>
    /// How far this machine's clock is ahead of GitHub's, below zero if it is behind; nil if the
    /// answer has no date.
    public let clockLead: Duration?
}

extension GitHubClient {
    /// Asks who the App is, and what time it is at GitHub.
    ///
    /// Source: <https://docs.github.com/en/rest/apps/apps>, "Get the authenticated app"; the time is
    /// the header field `date` of RFC 9110, section 6.6.1, which a refusal has as well.
    ///
    /// - Returns: The answer.
    /// - Throws: `unavailable` or `timedOut` if there is none, or `misconfigured` if the key cannot
    ///   sign.
    public func currentApp() async throws(Failure) -> AppAnswer {
        let question = Question(
            url: "\(endpoints.api)/app", caller: .app, subject: "the App itself",
            missing: "GitHub does not know the App: GITHUB_APP_ID must be its number")
        return try await persistently { () async throws(Failure) -> AppAnswer in
            let asked = clock.now()
            let answer = try await follow(question)
            let lead = HTTPDate.parse(answer.fields["date"] ?? "").map {
                Self.lead(asked, clock.now(), over: $0)
            }
            guard answer.status == 200 else {
                let refusal = Refusal.failure(for: answer, to: question, at: clock.now())
                guard refusal.retry == .never else { throw refusal }
                return AppAnswer(app: .failure(refusal), clockLead: lead)
            }
            let app = try answer.decoded(as: AppIdentity.self, question.subject)
            return AppAnswer(app: .success(app), clockLead: lead)
        }
    }

    /// How far ahead a clock is that showed `asked` before and `answered` after the moment at which
    /// another showed `date`: what the way of the question took is no difference.
    private static func lead(
        _ asked: Timestamp, _ answered: Timestamp, over date: Timestamp
    ) -> Duration {
        // The date has no fractions, so it stands for the second that it begins.
        if date.advanced(by: .seconds(1)) < asked { return asked.since(date) }
        return date > answered ? answered.since(date) : .zero
    }
}
