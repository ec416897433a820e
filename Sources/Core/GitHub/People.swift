public import Domain
import Ports
import Toolbox

/// A person's role in an organization, as far as ownership is concerned.
public enum OrganizationRole: Hashable, Sendable {
    /// The person owns the organization.
    case owner
    /// GitHub reports that the person does not own the organization.
    case notOwner(reason: String)
    /// GitHub reports that the App may not ask, and the installation lacks the Members permission.
    case mayNotAsk(reason: String)
    /// GitHub does not report the role, or not in a form that proves it.
    case unknown(reason: String)

    /// The role of somebody who belongs to an organization and does not own it.
    static func member(of organization: OrganizationLogin) -> Self {
        .notOwner(
            reason: """
                the authorizing person does not own \(organization). To have it collected, one of its \
                owners must authorize
                """)
    }
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
            let user = try response.decoded(as: GitHubUser.self, request.subject)
            guard user.id > 0 else {
                throw Failure(
                    .malformedReply, "GitHub describes the authorizing person in an unknown form")
            }
            return GitHubUser(id: user.id, login: user.login.printable)
        }
    }

    /// Finds out whether a person owns an organization.
    ///
    /// Source: <https://docs.github.com/en/rest/orgs/members>, "Get an organization membership for
    /// the authenticated user"; an owner's role is `admin`.
    ///
    /// - Parameters:
    ///   - installation: The App's installation on the organization.
    ///   - token: The person's access token.
    /// - Returns: The role. It is `unknown` if GitHub refuses the request or cannot serve it, and if
    ///   its response is about another organization. It is `mayNotAsk` only if the installation does
    ///   not list the Members permission either.
    /// - Throws: `unauthorized` if the authorization was revoked; `rateLimited`, because requests
    ///   about further organizations would only make it worse; or `cancelled`.
    public func role(
        in installation: Installation, token: AccessToken
    ) async throws(Failure) -> OrganizationRole {
        struct Content: Decodable {
            struct Organization: Decodable {
                var id: Int64?
                var login: String?
            }

            var state: String?
            var role: String?
            var organization: Organization?
        }
        let organization = installation.organization
        let request = APIRequest(
            url: "\(endpoints.api)/user/memberships/orgs/\(organization)", caller: .person(token),
            subject: "the person's role in \(organization)",
            organization: organization.description, permission: .members,
            missing: "the authorizing person is not a member of \(organization)")
        do {
            let membership = try await perform(request) { response throws(Failure) in
                try response.decoded(as: Content.self, request.subject)
            }
            if let answered = membership.organization,
                answered.id.map({ $0 != installation.organizationID })
                    ?? (answered.login?.lowercased() != organization.description.lowercased())
            {
                return .unknown(
                    reason: """
                        GitHub's response about the person's role in \(organization) is about another \
                        organization
                        """)
            }
            switch (membership.role, membership.state) {
            case ("admin", "active"): return .owner
            case ("admin", "pending"):
                return .notOwner(
                    reason:
                        "the authorizing person has not accepted the invitation to own \(organization)"
                )
            case (nil, _), ("admin", _):
                return .unknown(
                    reason: "GitHub does not report the person's role in \(organization)")
            default: return .member(of: organization)
            }
        } catch {
            switch error.code {
            case .notFound: return .notOwner(reason: error.message)
            case .unauthorized, .rateLimited, .cancelled: throw error
            // The same refusal can have other causes, such as an IP allow list.
            case .forbidden where error.message == Permission.members.advice(for: organization):
                guard installation.permissions[Permission.members.name] == nil else {
                    return .unknown(
                        reason: """
                            GitHub refuses to show the person's role in \(organization), although the \
                            organization granted the App the Members permission
                            """)
                }
                return .mayNotAsk(reason: error.message)
            default: return .unknown(reason: error.message)
            }
        }
    }
}
