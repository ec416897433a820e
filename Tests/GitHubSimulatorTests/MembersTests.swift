import Domain
import GitHubSimulator
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The GraphQL query for an organization's members.
@Suite("The simulated member list", .timeLimit(.minutes(5)))
struct MembersTests {
    static let fields = "databaseId login name organizationVerifiedDomainEmails(login:$login)"

    static func query(_ first: Int = 100, _ fields: String = fields) -> String {
        """
        query($login:String!,$after:String){
          organization(login:$login){
            membersWithRole(first:\(first), after:$after){
              totalCount
              pageInfo{ hasNextPage endCursor }
              nodes{ \(fields) }
            }
          }
          rateLimit{ cost remaining resetAt }
        }
        """
    }

    static func ask(
        _ simulation: Simulation, _ query: String, login: String = "acme", after: String? = nil,
        token: String? = nil
    ) async throws -> Simulation.Reply {
        let body = JSONValue.object([
            "query": .string(query),
            "variables": .object([
                "login": .string(login), "after": after.map { .string($0) } ?? .null,
            ]),
        ])
        let bearer = if let token { token } else { try await simulation.installationToken() }
        return try await simulation.post(
            "/graphql", token: bearer,
            body: String(decoding: try JSONEncoder().encode(body), as: UTF8.self))
    }

    static func nodes(_ reply: Simulation.Reply) -> [JSONValue] {
        let members = reply.json?["data"]?["organization"]?["membersWithRole"]
        guard case .array(let nodes)? = members?["nodes"] else { return [] }
        return nodes
    }

    @Test("comes in pages, each member once", arguments: [1, 5, 14, 100])
    func paging(size: Int) async throws {
        try await Simulation.run { simulation in
            var seen: [JSONValue?] = []
            var cursor: String?
            for _ in 0..<20 {
                let reply = try await Self.ask(simulation, Self.query(size), after: cursor)
                #expect(reply.status == 200)
                #expect(reply.json?["errors"] == nil)
                let nodes = Self.nodes(reply)
                #expect(nodes.count <= size)
                seen += nodes.map { $0["databaseId"] }
                let members = reply.json?["data"]?["organization"]?["membersWithRole"]
                #expect(members?["totalCount"] == .integer(14))
                cursor = members?["pageInfo"]?["endCursor"]?.text
                if members?["pageInfo"]?["hasNextPage"] == .bool(false) { break }
            }
            #expect(seen.count == 14)
            #expect(Set(seen).count == 14)
            #expect(simulation.github.violations == [])
        }
    }

    @Test("answers what was selected, and nothing else")
    func selection() async throws {
        try await Simulation.run { simulation in
            let reply = try await Self.ask(simulation, Self.query(2, "login name"))
            guard case .object(let node)? = Self.nodes(reply).first else {
                Issue.record("no member in \(reply.text)")
                return
            }
            #expect(Set(node.keys) == ["login", "name"])
            #expect(reply.json?["data"]?["rateLimit"]?["cost"] == .integer(1))
        }
    }

    @Test(
        "refuses a query that GitHub refuses",
        arguments: [
            (query(0), "first"), (query(101), "100 records"), (query(5, "salary"), "salary"),
            (query(5, "login { name }"), "login"), (query(5, ""), "empty"),
            (query(5, "organizationVerifiedDomainEmails(login:\"other\")"), "organization"),
            ("query { organization(login:\"acme\") { membersWithRole { totalCount } } }", "first"),
            ("query {", "Parse error"), ("{ viewer { login } }", "viewer"),
        ])
    func refusals(query: String, word: String) async throws {
        try await Simulation.run { simulation in
            let reply = try await Self.ask(simulation, query)
            #expect(reply.status == 200)
            guard case .array(let errors)? = reply.json?["errors"] else {
                Issue.record("no errors in \(reply.text)")
                return
            }
            #expect(errors.first?["message"]?.text?.contains(word) == true, "\(reply.text)")
            #expect(reply.json?["data"] == nil)
            #expect(simulation.github.violations.count == 1)
        }
    }

    @Test("loses a member whose address is forbidden, and keeps them when none is asked for")
    func forbiddenEmails() async throws {
        try await Simulation.run(scenario: "forbidden-emails") { simulation in
            let reply = try await Self.ask(simulation, Self.query())
            #expect(Self.nodes(reply).count { $0 == .null } == 5)
            guard case .array(let errors)? = reply.json?["errors"] else {
                Issue.record("no errors in \(reply.text)")
                return
            }
            #expect(errors.count == 5)
            #expect(errors.first?["type"] == .string("FORBIDDEN"))
            #expect(
                errors[1]["path"]
                    == .array([
                        .string("organization"), .string("membersWithRole"), .string("nodes"),
                        .integer(3), .string("organizationVerifiedDomainEmails"),
                    ]))
            let names = try await Self.ask(simulation, Self.query(100, "databaseId login name"))
            #expect(Self.nodes(names).allSatisfy { $0 != .null })
        }
    }

    @Test("is closed without the permission, and empty for who is not there")
    func closed() async throws {
        try await Simulation.run(scenario: "no-members-permission") { simulation in
            let refused = try await Self.ask(simulation, Self.query())
            #expect(refused.status == 200)
            #expect(refused.json?["data"]?["organization"] == .null)
            guard case .array(let errors)? = refused.json?["errors"] else {
                Issue.record("no errors in \(refused.text)")
                return
            }
            #expect(errors.first?["type"] == .string("FORBIDDEN"))
            let unknown = try await Self.ask(simulation, Self.query(), login: "nobody")
            #expect(unknown.text.contains("NOT_FOUND"))
            let cursor = try await Self.ask(
                simulation, Self.query(), login: "acme-2", after: "made-up",
                token: try await simulation.installationToken(556))
            #expect(cursor.text.contains("valid cursor"))
        }
    }

    @Test("has a budget of its own, and says so with status 200")
    func budget() async throws {
        try await Simulation.run(configure: { $0.requestsPerHour = 1 }) { simulation in
            let token = try await simulation.installationToken()
            let first = try await Self.ask(simulation, Self.query(), token: token)
            #expect(first.json?["errors"] == nil)
            let second = try await Self.ask(simulation, Self.query(), token: token)
            #expect(second.status == 200)
            #expect(second.text.contains("RATE_LIMITED"))
            #expect(second.fields["x-ratelimit-remaining"] == "0")
            #expect(second.fields["x-ratelimit-resource"] == "graphql")
        }
    }
}
