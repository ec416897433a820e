import Domain
import GitHub
import InMemory
import Ports
import Testing

/// GitHub copies tokens between its servers with a delay, so a new one is refused for some seconds.
@Suite("A token that GitHub has just issued", .timeLimit(.minutes(5)))
struct FreshTokenTests {
    private static let user = #"{"id": 9, "login": "ada"}"#
    static let refusals: [Reply] = [
        .message(401, "Bad credentials"),
        .message(403, "Resource not accessible by integration"),
    ]

    private static func fresh(
        _ issued: Timestamp? = Bench.noon, permissions: [String: String] = [:]
    ) -> AccessToken {
        AccessToken(Secret("ghs_new"), issued: issued, permissions: permissions)
    }

    @Test(
        "is tried again for some seconds before a refusal is believed", arguments: refusals,
        [1, 2, 3])
    func passes(refusal: Reply, count: Int) async throws {
        let script = Script(
            (0..<count).map { _ in .success(refusal.response) } + [.json(200, Self.user)])
        let bench = try Bench { _ throws(Failure) in try script.next() }
        #expect(try await bench.client.currentUser(token: Self.fresh()).login == "ada")
        #expect(
            bench.time.sleeps == Array([Duration.seconds(1), .seconds(2), .seconds(4)][..<count]))
    }

    @Test("is refused in the end, if GitHub keeps refusing it", arguments: refusals)
    func persists(refusal: Reply) async throws {
        let bench = try Bench { _ in refusal.response }
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.currentUser(token: Self.fresh())
        }
        #expect([.unauthorized, .forbidden].contains(failure.code))
        #expect(bench.requests.count == 4)
    }

    @Test("is old after half a minute, and a refusal is true at once", arguments: refusals)
    func old(refusal: Reply) async throws {
        for issued in [Bench.noon.advanced(by: .seconds(-30)), nil] {
            let bench = try Bench { _ in refusal.response }
            _ = try await failure { () async throws(Failure) in
                try await bench.client.currentUser(token: Self.fresh(issued))
            }
            #expect(bench.requests.count == 1)
        }
    }

    @Test(
        "does not wait for what its age does not explain",
        arguments: [
            Reply.message(
                403, "The 'Copilot usage metrics' policy must be enabled to use this API"),
            .message(403, "Resource protected by organization SAML enforcement."),
            .message(403, "the organization has an IP allow list enabled"), Reply(status: 404),
            Reply(status: 422),
        ])
    func otherwise(refusal: Reply) async throws {
        let bench = try Bench { _ in refusal.response }
        _ = try? await bench.client.report(
            .users, of: acme, day: day("2026-11-21"), token: Self.fresh())
        #expect(bench.requests.count == 1)
    }

    @Test("does not wait for a permission that GitHub did not list with it")
    func withoutPermission() async throws {
        let bench = try Bench(
            answers: .message(403, "Resource not accessible by integration"))
        let granted = Self.fresh(permissions: ["members": "read"])
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: granted)
        }
        #expect(failure.code == .forbidden)
        #expect(bench.requests.count == 1)
    }

    @Test("waits to be known, whatever permission it lacks")
    func unknownWithoutPermission() async throws {
        let bench = try Bench(
            answers: .message(401, "Bad credentials"),
            .message(403, "Resource not accessible by integration"))
        let granted = Self.fresh(permissions: ["metadata": "read"])
        let failure = try await failure { () async throws(Failure) in
            try await bench.client.billing(of: acme, year: 2026, month: 11, token: granted)
        }
        #expect(failure.code == .forbidden)
        #expect(bench.requests.count == 2)
    }

    @Test("is known by its time of issue, of an installation and of a person")
    func issued() async throws {
        let bench = try Bench(
            answers: .json(201, #"{"token": "ghs_x", "permissions": {"members": "read"}}"#),
            .json(200, #"{"access_token": "ghu_x", "expires_in": 28800}"#))
        let installation = try await bench.client.installationToken(InstallationID(555))
        #expect(installation.token.issued == Bench.noon)
        let person = try await bench.client.refresh(Secret("ghr_x"))
        #expect(person.access.issued == Bench.noon)
    }

    @Test("is tried again by GraphQL, which refuses with status 200")
    func members() async throws {
        let bench = try Bench(
            answers: .json(
                200,
                #"""
                {"data": {"organization": null}, "errors": [{"type": "FORBIDDEN",
                 "message": "Resource not accessible by integration", "path": ["organization"]}]}
                """#),
            .json(
                200,
                #"""
                {"data": {"organization": {"membersWithRole": {"pageInfo": {"hasNextPage": false},
                 "nodes": [{"databaseId": 1, "login": "ada"}]}}}}
                """#))
        let outcome = try await bench.client.members(of: acme, token: Self.fresh()) { _ in }
        #expect(outcome.count == 1)
        #expect(bench.time.sleeps == [.seconds(1)])
    }
}
