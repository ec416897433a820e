import InMemory
import Domain
import Fakes
import GitHubSimulator
import Ports
import Testing

/// The scenarios, and the rules they are made of.
@Suite("A scenario", .timeLimit(.minutes(5)))
struct ScenarioTests {
    private static let dayEnd = Timestamp(startOf: Simulation.lastDay.advanced(by: 1))

    private static func state(
        _ scenario: String, _ source: Source = .users, hours: Int, organization: Int = 0
    ) throws -> ReportState {
        var world = Simulation.world()
        var configuration = Configuration(
            app: RegisteredApp(clientSecret: Secret("s"), callbackURLs: [], privateKey: Secret("k"))
        )
        try #require(Scenario.named(scenario)).apply(to: &world, &configuration)
        return world.report(
            source, of: world.organizations[organization], day: Simulation.lastDay,
            at: dayEnd.advanced(by: .seconds(3_600 * hours)))
    }

    private static func revision(_ state: ReportState) -> Int? {
        if case .published(let edition) = state { edition.revision } else { nil }
    }

    @Test("has a name that no other has, and says what happens", arguments: Scenario.all)
    func names(scenario: Scenario) {
        #expect(Scenario.all.count { $0.name == scenario.name } == 1)
        #expect(scenario.name.allSatisfy { $0.isLowercase || $0 == "-" })
        #expect(scenario.explanation.hasSuffix("."))
    }

    @Test(
        "says when a report appears and changes",
        arguments: [
            ("plain", Source.users, 1, nil), ("plain", .users, 2, 0), ("plain", .users, 99, 0),
            ("late-reports", .users, 47, nil), ("late-reports", .users, 48, 0),
            ("uneven-reports", .users, 29, nil), ("uneven-reports", .organization, 29, 0),
            ("restated-day", .users, 25, 0), ("restated-day", .users, 27, 1),
            ("missing-teams", .userTeams, 99, nil), ("missing-teams", .users, 99, 0),
        ] as [(String, Source, Int, Int?)])
    func publication(scenario: String, source: Source, hours: Int, revision: Int?) throws {
        let state = try Self.state(scenario, source, hours: hours)
        #expect(Self.revision(state) == revision)
    }

    @Test("strikes the first organization only, where it is about one")
    func otherOrganizations() throws {
        let state = try Self.state("missing-teams", .userTeams, hours: 99, organization: 1)
        #expect(Self.revision(state) == 0)
    }

    @Test("restates what a report says", arguments: [Source.organization, .users])
    func restatement(source: Source) {
        var world = Simulation.world()
        world.publication.append(PublicationRule(.revised(after: .seconds(3_600 * 26))))
        let organization = world.organizations[0]
        let before = world.files(
            source, of: organization, day: Simulation.lastDay,
            at: Self.dayEnd.advanced(by: .seconds(3_600 * 25)))
        let after = world.files(
            source, of: organization, day: Simulation.lastDay,
            at: Self.dayEnd.advanced(by: .seconds(3_600 * 27)))
        #expect(!before.isEmpty && before.count == after.count)
        let isChanged = before != after
        #expect(isChanged)
    }

    @Test("lets each link fail once")
    func expiredLinks() async throws {
        try await Simulation.run(scenario: "expired-links") { simulation in
            let token = try await simulation.installationToken()
            let envelope = try await simulation.get(
                "\(ReportTests.path)users-1-day?day=2026-04-09", token: token)
            for link in try ReportTests.links(envelope) {
                #expect(try await simulation.fetch(link).status == 403)
                #expect(try await simulation.fetch(link).status == 200)
            }
        }
    }

    @Test("asks for a pause three times")
    func rateLimited() async throws {
        try await Simulation.run(scenario: "rate-limited") { simulation in
            let token = try await simulation.installationToken()
            let path = "\(ReportTests.path)users-1-day?day=2026-04-09"
            for _ in 0..<3 {
                let reply = try await simulation.get(path, token: token)
                #expect(reply.status == 403)
                #expect(reply.fields["retry-after"] == "1")
                #expect(reply.message?.contains("secondary rate limit") == true)
            }
            #expect(try await simulation.get(path, token: token).status == 200)
        }
    }

    @Test("breaks every fifth call")
    func flaky() async throws {
        try await Simulation.run(scenario: "flaky") { simulation in
            let token = try await simulation.userToken()
            var statuses: [Int] = []
            for _ in 0..<10 {
                statuses.append(try await simulation.get("/user", token: token).status)
            }
            #expect(statuses == [200, 200, 200, 200, 502, 200, 200, 200, 200, 502])
        }
    }

    @Test("breaks each download once, in the midst of it")
    func brokenDownloads() async throws {
        try await Simulation.run(scenario: "broken-downloads") { simulation in
            let token = try await simulation.installationToken()
            let envelope = try await simulation.get(
                "\(ReportTests.path)organization-1-day?day=2026-04-09", token: token)
            let link = try #require(try ReportTests.links(envelope).first)
            let failure = await #expect(throws: Failure.self) { try await simulation.fetch(link) }
            #expect(failure?.code == .unavailable)
            let whole = try await simulation.fetch(link)
            #expect(!NDJSON.lines(whole.bytes).contains(.null))
        }
    }

    @Test("spoils the last line of every third file")
    func badLines() async throws {
        try await Simulation.run(scenario: "bad-lines") { simulation in
            let token = try await simulation.installationToken()
            let envelope = try await simulation.get(
                "\(ReportTests.path)users-1-day?day=2026-04-09", token: token)
            var spoiled: [Int] = []
            for link in try ReportTests.links(envelope) {
                let lines = NDJSON.lines(try await simulation.fetch(link).bytes)
                spoiled.append(lines.count { $0 == .null })
            }
            #expect(spoiled == [0, 0, 1])
        }
    }

    @Test("lets GitHub's clock be behind, so that the App's token comes from the future")
    func clockSkew() async throws {
        try await Simulation.run(scenario: "clock-skew") { simulation in
            let reply = try await simulation.get("/app", token: try simulation.appToken())
            #expect(reply.status == 401)
            #expect(reply.message?.contains("('iat')") == true)
            #expect(reply.fields["date"] == "Fri, 10 Apr 2026 05:50:00 GMT")
        }
    }

    @Test("is over when its day is", arguments: [(20_547, 200), (20_548, 503), (20_549, 200)])
    func outage(day: Int, status: Int) async throws {
        try await Simulation.run(scenario: "outage") { simulation in
            simulation.clock.set(Timestamp(startOf: Day(number: day)))
            let token = try await simulation.userToken()
            #expect(try await simulation.get("/user", token: token).status == status)
        }
    }

    @Test("kills the refresh token")
    func revoked() async throws {
        try await Simulation.run(scenario: "revoked-authorization") { simulation in
            let tokens = try await simulation.exchange(["code": try await simulation.code()])
            let answer = try await simulation.refresh(tokens["refresh_token"]?.text)
            #expect(answer["error"] == .string("bad_refresh_token"))
        }
    }

    @Test("tells of an empty day in other ways than 204")
    func emptyAnswers() async throws {
        try await Simulation.run(scenario: "empty-answers") { simulation in
            let token = try await simulation.installationToken()
            let path = "\(ReportTests.path)organization-1-day?day=2026-04-09"
            let bodies = [
                try await simulation.get(path, token: token).text,
                try await simulation.get(path, token: token).text,
            ]
            #expect(bodies == ["", "\"\""])
            let third = try await simulation.get(path, token: token)
            #expect(third.json?["report_day"] == .string("2026-04-09"))
        }
    }

    @Test("leaves the person without an organization of their own")
    func notAnOwner() async throws {
        try await Simulation.run(scenario: "not-an-owner") { simulation in
            let token = try await simulation.userToken()
            let first = try await simulation.get("/user/memberships/orgs/acme", token: token)
            let second = try await simulation.get("/user/memberships/orgs/acme-2", token: token)
            #expect(first.json?["role"] == .string("member"))
            #expect(second.json?["role"] == .string("admin"))
        }
    }
}
