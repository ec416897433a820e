import Toolbox
import Domain
import Ports

/// The one GraphQL query.
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

/// One page of members, as much of it as GitHub lets us see.
struct MembersPage: Sendable {
    var members: [Member]
    /// The nodes that came as null.
    var hiddenCount: Int
    /// Where the next page begins; nil on the last.
    var next: String?
    /// Whether an address that may not be read is why a member is missing.
    var emailsAreHidden: Bool

    /// Reads an answer with status 200, which may refuse all, some or nothing.
    ///
    /// - Throws: `rateLimited`, `forbidden`, `notFound`, `unavailable` or `malformedReply` if there
    ///   is nothing of use in it.
    init(_ answer: Answer, to question: Question, at now: Timestamp) throws(Failure) {
        let content = try answer.decoded(as: Content.self, question.subject)
        let errors = content.errors ?? []
        guard let connection = content.data?.organization?.membersWithRole else {
            throw Self.refusal(errors, answer, question, now)
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
            throw Failure(.malformedReply, "GitHub does not say where \(question.subject) go on")
        }
        next = cursor
    }

    /// The same page with the members that were hidden for their addresses' sake.
    ///
    /// - Parameter plain: The page, asked for without addresses.
    /// - Returns: Every member of `plain`, with the address where it is known.
    func completed(by plain: MembersPage) -> MembersPage {
        let known = Dictionary(members.map { ($0.login, $0) }, uniquingKeysWith: { $1 })
        var page = plain
        page.members = plain.members.map { known[$0.login] ?? $0 }
        page.emailsAreHidden = false
        return page
    }

    private static func refusal(
        _ errors: [Content.Problem], _ answer: Answer, _ question: Question, _ now: Timestamp
    ) -> Failure {
        let types = Set(errors.compactMap(\.type))
        let isNamed = types.contains("FORBIDDEN") || types.contains("NOT_FOUND")
        if types.contains("RATE_LIMITED") || (RateLimit.isUsedUp(answer.fields) && !isNamed) {
            let delay = RateLimit.wait(answer.fields, at: now) ?? RateLimit.waitDefault
            return Failure(.rateLimited, Refusal.limited(question, for: delay), delay: delay)
        }
        if types.contains("FORBIDDEN") {
            return Failure(
                .forbidden, Permission.members.advice(for: question.organization))
        }
        if types.contains("NOT_FOUND") { return Failure(.notFound, question.missing) }
        guard errors.isEmpty else {
            return Failure(
                .unavailable, "GitHub cannot answer about \(question.subject) at the moment")
        }
        return Failure(.malformedReply, "GitHub's answer about \(question.subject) holds nothing")
    }
}

/// The answer's form; every part of it may be null.
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
