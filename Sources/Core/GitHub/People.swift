public import Domain
import Ports

/// A person's role in an organization, as far as ownership is concerned.
public enum OrganizationRole: Hashable, Sendable {
    /// The person owns the organization.
    case owner
    /// GitHub reports that the person does not own the organization.
    case notOwner(reason: String)
    /// GitHub does not report the role.
    case unknown(reason: String)
}

extension GitHubClient {
    /// Fetches the person that a user access token belongs to.
    ///
    /// - Throws: `unauthorized`, `rateLimited`, `malformedReply`, or what the transport throws.
    public func currentUser(token: AccessToken) async throws(Failure) -> GitHubUser {
        let request = APIRequest(
            url: "\(endpoints.api)/user", caller: .person(token),
            subject: "the authorizing person",
            missing: "GitHub does not know the authorizing person")
        return try await perform(request) { response throws(Failure) in
            try response.decoded(as: GitHubUser.self, request.subject)
        }
    }

    /// Finds out whether a person owns an organization.
    ///
    /// Source: <https://docs.github.com/en/rest/orgs/members>, "Get an organization membership for
    /// the authenticated user"; an owner's role is `admin`.
    ///
    /// - Parameters:
    ///   - token: The person's access token.
    /// - Returns: The role. It is `unknown` if GitHub refuses the request or cannot serve it.
    /// - Throws: `unauthorized` if the authorization was revoked; `rateLimited`, because requests
    ///   about further organizations would only make it worse; or `cancelled`.
    public func role(
        in organization: OrganizationLogin, token: AccessToken
    ) async throws(Failure) -> OrganizationRole {
        struct Content: Decodable {
            var state: String?
            var role: String?
        }
        let request = APIRequest(
            url: "\(endpoints.api)/user/memberships/orgs/\(organization)", caller: .person(token),
            subject: "the person's role in \(organization)",
            organization: organization.description, permission: .members,
            missing: "the authorizing person is not a member of \(organization)")
        do {
            let membership = try await perform(request) { response throws(Failure) in
                try response.decoded(as: Content.self, request.subject)
            }
            switch (membership.role, membership.state) {
            case ("admin", "active"), ("admin", nil): return .owner
            case ("admin", _):
                return .notOwner(
                    reason:
                        "the authorizing person has not accepted the invitation to own \(organization)"
                )
            case (nil, _):
                return .unknown(
                    reason: "GitHub does not report the person's role in \(organization)")
            default:
                return .notOwner(
                    reason: """
                        the authorizing person does not own \(organization). To have it collected, \
                        one of its owners must authorize
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
