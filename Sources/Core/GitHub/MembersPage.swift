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

    init(_ organization: OrganizationLogin, after cursor: String?, count: Int, withEmails: Bool) {
        let emails = withEmails ? " organizationVerifiedDomainEmails(login: $login)" : ""
        query = """
            query($login: String!, $after: String) { organization(login: $login) { \
            membersWithRole(first: \(count), after: $after) { pageInfo { hasNextPage endCursor } \
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
    /// What is known of the members that cannot be decoded, for a note.
    var oddities: [String]
    /// The cursor of the next page; nil on the last page.
    var next: String?
    /// Whether a member is missing because the App may not read its e-mail addresses.
    var emailsAreHidden: Bool

    /// Reads a response that contains members, and may report errors about some of them.
    ///
    /// - Throws: `malformedReply` if the response contains no members at all.
    init(_ response: APIResponse, subject: String) throws(Failure) {
        let content = try response.decoded(as: Content.self, subject)
        let errors = content.errors ?? []
        // A refusal was recognized before, by `GraphQLRefusals`.
        guard let connection = content.data?.organization?.membersWithRole else {
            throw Failure(.malformedReply, "GitHub's response about \(subject) is empty")
        }
        let nodes = connection.nodes ?? []
        members = nodes.compactMap(\.member)
        hiddenCount = nodes.count { $0 == .withheld }
        oddities = nodes.compactMap(\.oddity)
        guard members.count + hiddenCount > 0 || nodes.isEmpty else {
            throw Failure(
                .malformedReply,
                "GitHub describes \(subject) in an unknown form. Check for a newer version of "
                    + "copilot-usage")
        }
        emailsAreHidden =
            hiddenCount > 0 && errors.contains { $0.names("organizationVerifiedDomainEmails") }
        guard connection.pageInfo.hasNextPage else {
            next = nil
            return
        }
        guard let cursor = connection.pageInfo.endCursor, !cursor.isEmpty else {
            throw Failure(
                .malformedReply,
                "GitHub did not return a cursor for the next page of \(subject)")
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
        var nodes: [Node]?
    }

    struct PageInfo: Decodable {
        var hasNextPage: Bool
        var endCursor: String?
    }

    /// A member, or what is in its place.
    enum Node: Decodable, Hashable {
        case known(Member)
        case withheld
        case odd(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if container.decodeNil() {
                self = .withheld
            } else if let fields = try? container.decode(Fields.self) {
                self = .known(fields.member)
            } else {
                let value = try? container.decode(JSONValue.self)
                self = .odd(value.map(Self.name) ?? "one of them")
            }
        }

        var member: Member? { if case .known(let member) = self { member } else { nil } }

        var oddity: String? { if case .odd(let name) = self { name } else { nil } }

        private static func name(_ value: JSONValue) -> String {
            if let login = value["login"]?.text { return String(login.prefix(80)) }
            if case .integer(let id)? = value["databaseId"] { return "number \(id)" }
            return "one of them"
        }
    }

    struct Fields: Decodable {
        var databaseId: Int64?
        var login: String
        var name: String?
        var organizationVerifiedDomainEmails: [Tolerant<String>]?

        var member: Member {
            Member(
                id: databaseId, login: login, name: name.flatMap { $0.isEmpty ? nil : $0 },
                email: organizationVerifiedDomainEmails?.compactMap(\.value).first { !$0.isEmpty })
        }
    }

    struct Problem: Decodable {
        var type: String?
        var path: [JSONValue]?

        func names(_ field: String) -> Bool { path?.last?.text == field }
    }
}
