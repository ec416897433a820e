import Domain
import Ports
import Toolbox

extension GitHubClient {
    /// The fewest organizations for which the person's memberships are read in pages first.
    static let pagedRoleCountMin = 50
    /// The most pages of memberships that are read, with at most a hundred each.
    static let membershipPageCountMax = 200
    /// The most organizations that one look asks about one by one.
    ///
    /// A person has 5,000 requests an hour, for all uses of the App. Source:
    /// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
    static let roleQuestionCountMax = 1_000

    /// Finds out in which organizations a person is an owner, and in which a mere member, as far as
    /// GitHub lists them.
    ///
    /// It lists a hundred with one request, but only where the App may read members. An organization
    /// that is missing here has to be asked about.
    ///
    /// Source: <https://docs.github.com/en/rest/orgs/members>, "List organization memberships for the
    /// authenticated user".
    ///
    /// - Returns: Whether the person is an owner, by GitHub's number of the organization.
    /// - Throws: `unauthorized`, `rateLimited` or `cancelled`. If GitHub does not list memberships, the
    ///   result is empty.
    func memberships(token: AccessToken) async throws(Failure) -> [Int64: Bool] {
        let subject = "the person's memberships"
        var roles: [Int64: Bool] = [:]
        var url: String? = "\(endpoints.api)/user/memberships/orgs?state=active&per_page=100"
        do throws(Failure) {
            for _ in 1...Self.membershipPageCountMax {
                guard let current = url else { break }
                url = try await page(of: subject) { size in
                    APIRequest(
                        url: PagedURL.resized(current, to: size) ?? current,
                        caller: .person(token), subject: subject,
                        missing: "GitHub does not list the person's memberships (404)")
                } read: { response throws(Failure) in
                    let found = try response.decoded(as: [MembershipElement].self, subject)
                    for element in found {
                        if let (organization, isOwner) = element.role {
                            roles[organization] = isOwner
                        }
                    }
                    return try LinkHeader.next(in: response.fields["link"], of: current)
                }
            }
        } catch  where ![.unauthorized, .rateLimited, .cancelled].contains(error.code) {
            // What was listed is true all the same.
        }
        return roles
    }
}

/// One membership of a list; an odd one proves nothing.
private struct MembershipElement: Decodable {
    private struct Content: Decodable {
        struct Organization: Decodable { var id: Int64 }

        var state: String
        var role: String
        var organization: Organization
    }

    /// GitHub's number of the organization, and whether the person owns it.
    let role: (organization: Int64, isOwner: Bool)?

    init(from decoder: any Decoder) throws {
        let content = try? Content(from: decoder)
        let isKnown = content?.state == "active" && ["admin", "member"].contains(content?.role)
        role = content.flatMap { isKnown ? ($0.organization.id, $0.role == "admin") : nil }
    }
}
