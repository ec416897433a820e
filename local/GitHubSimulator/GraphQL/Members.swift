import Toolbox
import Domain

/// The one GraphQL query that is answered: an organization's members.
///
/// Only what the query selects is in the answer, and what it selects must exist: reading a field
/// that was not asked for fails here as it does at GitHub. Errors come with status 200.
/// Source: <https://docs.github.com/en/graphql/reference/objects#organization>.
extension SimulatedGitHub {
    /// `POST /graphql`.
    func members(_ call: Call) throws(Refusal) -> Answer {
        let caller = try caller(call)
        guard let body = call.json, let text = body["query"]?.text else {
            throw Refusal(400, "A query attribute must be specified and must be a string.")
        }
        let reader = GraphQLReader(variables: body["variables"])
        let query: GraphQLSelection
        do throws(GraphQLParser.SyntaxError) {
            query = try GraphQLParser.parse(text)
            try reader.check(query)
        } catch {
            recordViolation("a GraphQL query that GitHub refuses: \(error.message)", call)
            return Self.errors(nil, [["message": .string(error.message)]])
        }
        let cost = max(1, (reader.pageSize(query) + 99) / 100)
        let budget = spend(cost, of: "graphql \(caller.budget)", at: call.moment)
        var answer =
            budget.used > budget.limit
            ? Self.errors(
                nil,
                [["type": .string("RATE_LIMITED"), "message": .string("API rate limit exceeded")]])
            : try answer(query, reader, caller, budget, cost)
        answer.fields.merge(budget.fields("graphql")) { $1 }
        return answer
    }

    private func answer(
        _ query: GraphQLSelection, _ reader: GraphQLReader, _ caller: Caller, _ budget: Budget,
        _ cost: Int
    ) throws(Refusal) -> Answer {
        var data: [String: JSONValue] = [:]
        var errors: [[String: JSONValue]] = []
        if let selection = query["rateLimit"] {
            data["rateLimit"] = selection.select([
                "cost": .integer(Int64(cost)), "limit": .integer(Int64(budget.limit)),
                "remaining": .integer(Int64(budget.remaining)),
                "used": .integer(Int64(budget.used)),
                "resetAt": .string(budget.reset.description),
            ])
        }
        if let selection = query["organization"] {
            let login = reader.text(selection.arguments["login"]) ?? ""
            data["organization"] = try organization(
                login, selection, reader, caller, errors: &errors)
        }
        return Self.errors(.object(data), errors)
    }

    private func organization(
        _ login: String, _ selection: GraphQLSelection, _ reader: GraphQLReader, _ caller: Caller,
        errors: inout [[String: JSONValue]]
    ) throws(Refusal) -> JSONValue {
        func refuse(_ type: String, _ message: String) -> JSONValue {
            errors.append([
                "type": .string(type), "path": .array([.string("organization")]),
                "message": .string(message),
            ])
            return .null
        }
        guard let organization = world.organization(login) else {
            return refuse(
                "NOT_FOUND", "Could not resolve to an Organization with the login of '\(login)'.")
        }
        let isAllowed =
            switch caller {
            case .app: false
            case .installation(let own, let permissions):
                own.id == organization.id && permissions["members"] != nil
            case .person(let person):
                organization.member(person.id) != nil
                    && organization.installation?.permissions["members"] != nil
            }
        guard isAllowed else {
            return refuse("FORBIDDEN", "Resource not accessible by integration")
        }
        var fields: [String: JSONValue] = [
            "login": .string(organization.login), "databaseId": .integer(organization.id),
        ]
        if let members = selection["membersWithRole"] {
            fields["membersWithRole"] = try page(
                of: organization, members, reader, errors: &errors)
        }
        return selection.select(fields)
    }

    private func page(
        of organization: SimulatedOrganization, _ selection: GraphQLSelection,
        _ reader: GraphQLReader, errors: inout [[String: JSONValue]]
    ) throws(Refusal) -> JSONValue {
        let cursor = reader.text(selection.arguments["after"])
        guard let start = cursor.map(Self.place) ?? 0 else {
            throw Refusal(
                Self.errors(
                    nil,
                    [
                        [
                            "message": .string(
                                "`\(cursor ?? "")` does not appear to be a valid cursor.")
                        ]
                    ]))
        }
        let size = reader.number(selection.arguments["first"]) ?? 0
        let members = organization.members.dropFirst(start).prefix(size)
        let end = start + members.count
        let nodes = members.enumerated().map { place, member -> JSONValue in
            guard let selection = selection["nodes"] else { return .null }
            // The field is not nullable, so where it is refused the whole node is null.
            if member.isEmailForbidden, selection["organizationVerifiedDomainEmails"] != nil {
                errors.append([
                    "type": .string("FORBIDDEN"),
                    "path": .array([
                        .string("organization"), .string("membersWithRole"), .string("nodes"),
                        .integer(Int64(place)), .string("organizationVerifiedDomainEmails"),
                    ]),
                    "message": .string("Resource not accessible by integration"),
                ])
                return .null
            }
            return selection.select([
                "databaseId": .integer(member.id), "login": .string(member.login),
                "name": member.name.map { .string($0) } ?? .null,
                "organizationVerifiedDomainEmails": .array(
                    member.verifiedEmails.map { .string($0) }),
            ])
        }
        return selection.select([
            "totalCount": .integer(Int64(organization.members.count)),
            "pageInfo": selection["pageInfo"]?.select([
                "hasNextPage": .bool(end < organization.members.count),
                "endCursor": members.isEmpty ? .null : .string(Self.cursor(end)),
            ]) ?? .null,
            "nodes": .array(nodes),
        ])
    }

    /// A cursor; what it holds is nobody's business.
    private static func cursor(_ place: Int) -> String {
        Base64URL.encode(Array("cursor:v2:\(place)".utf8))
    }

    private static func place(_ cursor: String) -> Int? {
        let text = Base64URL.decode(cursor).map { String(decoding: $0, as: UTF8.self) }
        guard let text, text.hasPrefix("cursor:v2:") else { return nil }
        return Int(text.dropFirst("cursor:v2:".count))
    }

    private static func errors(
        _ data: JSONValue?, _ errors: [[String: JSONValue]]
    ) -> Answer {
        var body: [String: JSONValue] = [:]
        body["data"] = data
        if !errors.isEmpty { body["errors"] = .array(errors.map { .object($0) }) }
        return .json(200, .object(body))
    }
}
