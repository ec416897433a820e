import Domain
import Toolbox

/// `POST /graphql`: the members of an organization.
///
/// The simulator does not parse GraphQL. It knows the texts of the two queries that the collector
/// sends and responds to any other text with an error. As at GitHub, errors have status 200.
///
/// Source: <https://docs.github.com/en/graphql/reference/objects#organization>.
extension SimulatedGitHub {
    private static let emails = "organizationVerifiedDomainEmails"
    private static let pageSizes = 1...100

    /// The text of the query for a page of members.
    private static func membersQuery(count: Int, withEmails: Bool) -> String {
        """
        query($login: String!, $after: String) { organization(login: $login) { \
        membersWithRole(first: \(count), after: $after) { pageInfo { hasNextPage endCursor } \
        nodes { databaseId login name\(withEmails ? " \(emails)(login: $login)" : "") } } } }
        """
    }

    /// Responds with a page of members.
    func members(_ request: SimulatedRequest) throws(ErrorResponse) -> SimulatedResponse {
        let caller = try caller(request)
        guard let body = request.json, let text = body["query"]?.text else {
            throw ErrorResponse(400, "A query attribute must be specified and must be a string.")
        }
        let count = request.pageSize
        guard Self.pageSizes.contains(count),
            let withEmails = [true, false].first(where: {
                text == Self.membersQuery(count: count, withEmails: $0)
            })
        else {
            let message = "The query is not known to the simulated GitHub."
            recordViolation("GraphQL: \(message)", request)
            return Self.graphQL(errors: [["message": .string(message)]])
        }
        guard let login = body["variables"]?["login"]?.text else {
            let message = "Variable $login of type String! was provided invalid value"
            recordViolation("GraphQL: \(message)", request)
            return Self.graphQL(errors: [["message": .string(message)]])
        }
        let budget = spend(1, of: "graphql \(caller.budget)", at: request.moment)
        var response =
            budget.used > budget.limit
            ? .graphQLRateLimit
            : page(
                of: login, after: body["variables"]?["after"]?.text, count: count,
                withEmails: withEmails, caller)
        response.fields.merge(budget.fields("graphql")) { $1 }
        return response
    }

    private func page(
        of login: String, after cursor: String?, count: Int, withEmails: Bool,
        _ caller: RequestCaller
    ) -> SimulatedResponse {
        guard let organization = world.organization(login) else {
            return Self.refusal(
                "NOT_FOUND", "Could not resolve to an Organization with the login of '\(login)'.")
        }
        guard caller.mayReadMembers(of: organization) else {
            return Self.refusal("FORBIDDEN", "Resource not accessible by integration")
        }
        guard let start = cursor.map(Self.place) ?? 0 else {
            return Self.graphQL(
                errors: [
                    [
                        "message": .string(
                            "`\(cursor ?? "")` does not appear to be a valid cursor.")
                    ]
                ])
        }
        let members = organization.members.dropFirst(start).prefix(count)
        let end = start + members.count
        var errors: [[String: JSONValue]] = []
        let nodes = members.enumerated().map { place, member -> JSONValue in
            var node: [String: JSONValue] = [
                "databaseId": .integer(member.id), "login": .string(member.login),
                "name": member.name.map { .string($0) } ?? .null,
            ]
            guard withEmails else { return .object(node) }
            guard !member.isEmailForbidden else {
                // The field cannot be null, so the whole node is null when it is refused.
                errors.append(
                    Self.error(
                        "FORBIDDEN", "Resource not accessible by integration",
                        at: [
                            .string("organization"), .string("membersWithRole"), .string("nodes"),
                            .integer(Int64(place)), .string(Self.emails),
                        ]))
                return .null
            }
            node[Self.emails] = .array(member.verifiedEmails.map { .string($0) })
            return .object(node)
        }
        let page = JSONValue.object([
            "pageInfo": .object([
                "hasNextPage": .bool(end < organization.members.count),
                "endCursor": members.isEmpty ? .null : .string(Self.cursor(end)),
            ]),
            "nodes": .array(nodes),
        ])
        return Self.graphQL(
            .object(["organization": .object(["membersWithRole": page])]), errors: errors)
    }

    /// An opaque cursor.
    private static func cursor(_ place: Int) -> String {
        Base64URL.encode(Array("cursor:v2:\(place)".utf8))
    }

    private static func place(_ cursor: String) -> Int? {
        let text = Base64URL.decode(cursor).map { String(decoding: $0, as: UTF8.self) }
        guard let text, text.hasPrefix("cursor:v2:") else { return nil }
        return Int(text.dropFirst("cursor:v2:".count))
    }

    private static func refusal(_ type: String, _ message: String) -> SimulatedResponse {
        graphQL(
            .object(["organization": .null]),
            errors: [error(type, message, at: [.string("organization")])])
    }

    private static func error(
        _ type: String, _ message: String, at path: [JSONValue]
    ) -> [String: JSONValue] {
        ["type": .string(type), "path": .array(path), "message": .string(message)]
    }

    private static func graphQL(
        _ data: JSONValue? = nil, errors: [[String: JSONValue]]
    ) -> SimulatedResponse {
        var body: [String: JSONValue] = [:]
        body["data"] = data
        if !errors.isEmpty { body["errors"] = .array(errors.map { .object($0) }) }
        return .json(200, .object(body))
    }
}

extension RequestCaller {
    /// Whether the caller has the "Members" permission on an organization.
    fileprivate func mayReadMembers(of organization: SimulatedOrganization) -> Bool {
        switch self {
        case .app, .personal: false
        case .installation(let own, let permissions):
            own.id == organization.id && permissions["members"] != nil
        case .person(let person):
            organization.member(person.id) != nil
                && organization.installation?.permissions["members"] != nil
        }
    }
}
