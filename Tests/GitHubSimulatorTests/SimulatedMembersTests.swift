import Domain
import GitHubSimulator
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The members of an organization, by GraphQL.
@Suite("The simulated member list", .timeLimit(.minutes(5)))
struct SimulatedMembersTests {
    /// The collector's query, which is one of the two that the simulator knows.
    static func query(withEmails: Bool = true) -> String {
        let emails = withEmails ? " organizationVerifiedDomainEmails(login: $login)" : ""
        return """
            query($login: String!, $after: String) { organization(login: $login) { \
            membersWithRole(first: 100, after: $after) { pageInfo { hasNextPage endCursor } \
            nodes { databaseId login name\(emails) } } } }
            """
    }

    static func ask(
        _ simulator: RunningSimulator, _ query: String, login: String = "acme",
        after: String? = nil,
        token: String? = nil
    ) async throws -> RunningSimulator.Reply {
        let body = JSONValue.object([
            "query": .string(query),
            "variables": .object([
                "login": .string(login), "after": after.map { .string($0) } ?? .null,
            ]),
        ])
        let bearer = if let token { token } else { try await simulator.installationToken() }
        return try await simulator.post(
            "/graphql", token: bearer,
            body: String(decoding: try JSONEncoder().encode(body), as: UTF8.self))
    }

    static func nodes(_ reply: RunningSimulator.Reply) -> [JSONValue] {
        let members = reply.json?["data"]?["organization"]?["membersWithRole"]
        guard case .array(let nodes)? = members?["nodes"] else { return [] }
        return nodes
    }

    @Test("comes in pages of a hundred, each member once", arguments: [12, 98, 99, 250])
    func paging(users: Int) async throws {
        // The owner and the plain member are members as well.
        let count = users + 2
        try await RunningSimulator.run(world: RunningSimulator.world(users: users)) { simulator in
            var seen: [JSONValue?] = []
            var pageCount = 0
            var cursor: String?
            for _ in 0..<20 {
                let reply = try await Self.ask(simulator, Self.query(), after: cursor)
                #expect(reply.status == 200)
                #expect(reply.json?["errors"] == nil)
                let nodes = Self.nodes(reply)
                #expect(nodes.count <= 100)
                seen += nodes.map { $0["databaseId"] }
                pageCount += 1
                let members = reply.json?["data"]?["organization"]?["membersWithRole"]
                cursor = members?["pageInfo"]?["endCursor"]?.text
                if members?["pageInfo"]?["hasNextPage"] == .bool(false) { break }
            }
            #expect(pageCount == (count + 99) / 100)
            #expect(seen.count == count)
            #expect(Set(seen).count == count)
            #expect(simulator.github.violations == [])
        }
    }

    @Test("contains the selected fields", arguments: [true, false])
    func selection(withEmails: Bool) async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await Self.ask(simulator, Self.query(withEmails: withEmails))
            guard case .object(let node)? = Self.nodes(reply).first else {
                Issue.record("no member in \(reply.text)")
                return
            }
            let emails = withEmails ? ["organizationVerifiedDomainEmails"] : []
            #expect(Set(node.keys) == Set(["databaseId", "login", "name"] + emails))
        }
    }

    @Test(
        "refuses any other query",
        arguments: [
            query().replacing("first: 100", with: "first: 101"),
            query().replacing("name", with: "name salary"), "query {", "{ viewer { login } }",
        ])
    func unknownQuery(query: String) async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await Self.ask(simulator, query)
            #expect(reply.status == 200)
            guard case .array(let errors)? = reply.json?["errors"] else {
                Issue.record("no errors in \(reply.text)")
                return
            }
            #expect(errors.first?["message"]?.text?.contains("not known") == true, "\(reply.text)")
            #expect(reply.json?["data"] == nil)
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test("omits a member whose addresses are withheld, unless the query selects no addresses")
    func forbiddenEmails() async throws {
        try await RunningSimulator.run(scenario: "forbidden-emails") { simulator in
            let reply = try await Self.ask(simulator, Self.query())
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
            let names = try await Self.ask(simulator, Self.query(withEmails: false))
            #expect(Self.nodes(names).allSatisfy { $0 != .null })
        }
    }

    @Test(
        "is refused without the permission, for an unknown organization and for an invalid cursor")
    func closed() async throws {
        try await RunningSimulator.run(scenario: "no-members-permission") { simulator in
            let refused = try await Self.ask(simulator, Self.query())
            #expect(refused.status == 200)
            #expect(refused.json?["data"]?["organization"] == .null)
            guard case .array(let errors)? = refused.json?["errors"] else {
                Issue.record("no errors in \(refused.text)")
                return
            }
            #expect(errors.first?["type"] == .string("FORBIDDEN"))
            let unknown = try await Self.ask(simulator, Self.query(), login: "nobody")
            #expect(unknown.text.contains("NOT_FOUND"))
            let cursor = try await Self.ask(
                simulator, Self.query(), login: "acme-2", after: "made-up",
                token: try await simulator.installationToken(556))
            #expect(cursor.text.contains("valid cursor"))
        }
    }

    @Test("has a rate limit of its own and reports it with status 200")
    func budget() async throws {
        try await RunningSimulator.run(configure: { $0.requestsPerHour = 1 }) { simulator in
            let token = try await simulator.installationToken()
            let first = try await Self.ask(simulator, Self.query(), token: token)
            #expect(first.json?["errors"] == nil)
            let second = try await Self.ask(simulator, Self.query(), token: token)
            #expect(second.status == 200)
            #expect(second.text.contains("RATE_LIMITED"))
            #expect(second.fields["x-ratelimit-remaining"] == "0")
            #expect(second.fields["x-ratelimit-resource"] == "graphql")
        }
    }
}
