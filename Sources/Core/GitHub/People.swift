public import Domain
import Ports

/// What a person is in an organization.
public enum OrganizationRole: Hashable, Sendable {
    /// The person owns it.
    case owner
    /// GitHub says that the person does not, for this reason.
    case notOwner(reason: String)
    /// GitHub does not say, for this reason.
    case unknown(reason: String)
}

extension GitHubClient {
    /// Asks whose token it is.
    ///
    /// - Parameter token: A person's token.
    /// - Returns: The person.
    /// - Throws: `unauthorized`, `rateLimited`, `malformedReply`, or what the transport throws.
    public func currentUser(token: Secret) async throws(Failure) -> GitHubUser {
        let question = Question(
            url: "\(endpoints.api)/user", caller: .person(token),
            subject: "who the authorizing person is",
            missing: "GitHub does not know the authorizing person")
        return try await ask(question) { answer throws(Failure) in
            try answer.decoded(as: GitHubUser.self, question.subject)
        }
    }

    /// Asks whether a person owns an organization.
    ///
    /// Source: <https://docs.github.com/en/rest/orgs/members>, "Get an organization membership for
    /// the authenticated user"; an owner's role is called `admin`.
    ///
    /// - Parameters:
    ///   - organization: The organization.
    ///   - token: The person's token.
    /// - Returns: The role; what GitHub refuses or cannot say is `unknown`.
    /// - Throws: `unauthorized` if the authorization was revoked, `rateLimited`, because asking on
    ///   about the next organization would only make it worse, or `cancelled`.
    public func role(
        in organization: OrganizationLogin, token: Secret
    ) async throws(Failure) -> OrganizationRole {
        struct Content: Decodable {
            var state: String?
            var role: String?
        }
        let question = Question(
            url: "\(endpoints.api)/user/memberships/orgs/\(organization)", caller: .person(token),
            subject: "the person's role in \(organization)",
            organization: organization.description, permission: .members,
            missing: "the authorizing person is not a member of \(organization)")
        do {
            let membership = try await ask(question) { answer throws(Failure) in
                try answer.decoded(as: Content.self, question.subject)
            }
            switch (membership.role, membership.state) {
            case ("admin", "active"), ("admin", nil): return .owner
            case ("admin", _):
                return .notOwner(
                    reason: "the authorizing person has not yet accepted to own \(organization)")
            case (nil, _): return .unknown(reason: "GitHub does not say who owns \(organization)")
            default:
                return .notOwner(
                    reason: """
                        the authorizing person does not own \(organization): an owner of it must \
                        authorize if it is to be collected
                        """)
            }
        } catch {
            switch error.code {
            case .notFound: return .notOwner(reason: error.message)
            case .unauthorized, .rateLimited, .cancelled: throw error
            default: return .unknown(reason: error.message)
            }
        }
    }
}
