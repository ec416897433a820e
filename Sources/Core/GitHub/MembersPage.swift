import Domain
import Ports
import Toolbox

/// The only GraphQL query of this system.
///
/// Source: <https://docs.github.com/en/graphql/reference/objects#organization>, `membersWithRole`.
struct MembersQuery: Encodable {
    struct Variables: Encodable {
        var login: String
        var after: String?
    }

    var query: String
    var variables: Variables

    init(_ organization: OrganizationLogin, after cursor: String?, withEmails: Bool) {
        let emails = withEmails ? " organizationVerifiedDomainEmails(login: $login)" : ""
        query = """
            query($login: String!, $after: String) { organization(login: $login) { \
            membersWithRole(first: 100, after: $after) { pageInfo { hasNextPage endCursor } \
            nodes { databaseId login name\(emails) } } } }
            """
        variables = Variables(login: organization.description, after: cursor)
    }

    var body: [UInt8] { JSON.encode(self) }
}

/// One page of members, without those that GitHub withholds.
struct MembersPage: Sendable {
    var members: [Member]
    /// The number of members that GitHub returned as null.
    var hiddenCount: Int
    /// The cursor of the next page; nil on the last page.
    var next: String?
    /// Whether a member is missing because the App may not read its e-mail addresses.
    var emailsAreHidden: Bool

    /// Reads a response with status 200, which may report errors about everything, parts or nothing.
    ///
    /// - Throws: `rateLimited`, `forbidden`, `notFound`, `unavailable` or `malformedReply` if the
    ///   response contains no members at all.
    init(_ response: APIResponse, to request: APIRequest, at now: Timestamp) throws(Failure) {
        let content = try response.decoded(as: Content.self, request.subject)
        let errors = content.errors ?? []
        guard let connection = content.data?.organization?.membersWithRole else {
            throw Self.refusal(errors, response, request, now)
        }
        let nodes = connection.nodes ?? []
        members = nodes.compactMap { $0?.member }
        hiddenCount = nodes.count - members.count
        emailsAreHidden =
            hiddenCount > 0 && errors.contains { $0.names("organizationVerifiedDomainEmails") }
        guard connection.pageInfo.hasNextPage else {
            next = nil
            return
        }
        guard let cursor = connection.pageInfo.endCursor, !cursor.isEmpty else {
            throw Failure(
                .malformedReply,
                "GitHub did not return a cursor for the next page of \(request.subject)")
        }
        next = cursor
    }

    /// The same page, with the members that were missing because of their e-mail addresses.
    ///
    /// - Parameter plain: The page as requested without addresses.
    /// - Returns: Every member of `plain`, with the address where it is known.
    func completed(by plain: MembersPage) -> MembersPage {
        let known = Dictionary(members.map { ($0.login, $0) }, uniquingKeysWith: { $1 })
        var page = plain
        page.members = plain.members.map { known[$0.login] ?? $0 }
        page.emailsAreHidden = false
        return page
    }

    private static func refusal(
        _ errors: [Content.Problem], _ response: APIResponse, _ request: APIRequest,
        _ now: Timestamp
    ) -> Failure {
        let types = Set(errors.compactMap(\.type))
        let isNamed = types.contains("FORBIDDEN") || types.contains("NOT_FOUND")
        if types.contains("RATE_LIMITED") || (RateLimit.isUsedUp(response.fields) && !isNamed) {
            let delay = RateLimit.wait(response.fields, at: now) ?? RateLimit.waitDefault
            return Failure(.rateLimited, RefusalTable.limited(request, for: delay), delay: delay)
        }
        if types.contains("FORBIDDEN") {
            return Failure(
                .forbidden, Permission.members.advice(for: request.organization))
        }
        if types.contains("NOT_FOUND") { return Failure(.notFound, request.missing) }
        guard errors.isEmpty else {
            return Failure(.unavailable, RefusalTable.temporarilyUnavailable(request))
        }
        return Failure(.malformedReply, "GitHub's response about \(request.subject) is empty")
    }
}

/// The response.
///
/// Every part of it may be null.
private struct Content: Decodable {
    var data: Root?
    var errors: [Problem]?

    struct Root: Decodable { var organization: Organization? }

    struct Organization: Decodable { var membersWithRole: Connection? }

    struct Connection: Decodable {
        var pageInfo: PageInfo
        var nodes: [Node?]?
    }

    struct PageInfo: Decodable {
        var hasNextPage: Bool
        var endCursor: String?
    }

    struct Node: Decodable {
        var databaseId: Int64?
        var login: String
        var name: String?
        var organizationVerifiedDomainEmails: [String]?

        var member: Member {
            Member(
                id: databaseId, login: login, name: name.flatMap { $0.isEmpty ? nil : $0 },
                email: organizationVerifiedDomainEmails?.first { !$0.isEmpty })
        }
    }

    struct Problem: Decodable {
        var type: String?
        var path: [JSONValue]?

        func names(_ field: String) -> Bool { path?.last?.text == field }
    }
}
