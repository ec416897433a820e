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

    /// Lists GitHub's numbers of the organizations that a person owns, as far as GitHub lists them.
    ///
    /// It lists a hundred with one request, but only where the App may read members. An organization
    /// that is missing here has to be asked about.
    ///
    /// Source: <https://docs.github.com/en/rest/orgs/members>, "List organization memberships for the
    /// authenticated user".
    ///
    /// - Throws: `unauthorized`, `rateLimited` or `cancelled`. If GitHub does not list memberships, the
    ///   result is empty.
    func ownedOrganizations(token: AccessToken) async throws(Failure) -> Set<Int64> {
        let subject = "the person's memberships"
        var owned: Set<Int64> = []
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
                    owned.formUnion(found.compactMap(\.owned))
                    return try LinkHeader.next(in: response.fields["link"], of: current)
                }
            }
        } catch  where ![.unauthorized, .rateLimited, .cancelled].contains(error.code) {
            // What was listed is true all the same.
        }
        return owned
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

    /// GitHub's number of the organization, if the person owns it.
    let owned: Int64?

    init(from decoder: any Decoder) throws {
        let content = try? Content(from: decoder)
        let isOwner = content?.state == "active" && content?.role == "admin"
        owned = isOwner ? content?.organization.id : nil
    }
}
