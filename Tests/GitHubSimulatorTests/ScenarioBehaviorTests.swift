import Domain
import Fakes
import GitHubSimulator
import InMemory
import Ports
import Testing

/// The scenarios and their publication rules.
@Suite("A scenario", .timeLimit(.minutes(5)))
struct ScenarioBehaviorTests {
    private static let dayEnd = Timestamp(startOf: RunningSimulator.lastDay.advanced(by: 1))

    private static func state(
        _ scenario: String, _ source: Source = .users, hours: Int, organization: Int = 0
    ) throws -> ReportState {
        var world = RunningSimulator.world()
        var configuration = SimulatorConfiguration(
            app: RegisteredApp(clientSecret: Secret("s"), callbackURLs: [], privateKey: Secret("k"))
        )
        try #require(Scenario.named(scenario)).apply(to: &world, &configuration)
        return world.report(
            source, of: world.organizations[organization], day: RunningSimulator.lastDay,
            at: dayEnd.advanced(by: .seconds(3_600 * hours)))
    }

    private static func revision(_ state: ReportState) -> Int? {
        if case .published(let edition) = state { edition.revision } else { nil }
    }

    @Test("has a unique name and an explanation", arguments: Scenario.all)
    func names(scenario: Scenario) {
        #expect(Scenario.all.count { $0.name == scenario.name } == 1)
        #expect(scenario.name.allSatisfy { $0.isLowercase || $0 == "-" })
        #expect(scenario.explanation.hasSuffix("."))
    }

    @Test(
        "determines when a report appears and changes",
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

    @Test("affects only the first organization if it is about one")
    func otherOrganizations() throws {
        let state = try Self.state("missing-teams", .userTeams, hours: 99, organization: 1)
        #expect(Self.revision(state) == 0)
    }

    @Test("restates a report", arguments: [Source.organization, .users])
    func restatement(source: Source) {
        var world = RunningSimulator.world()
        world.publication.append(PublicationRule(.revised(after: .seconds(3_600 * 26))))
        let organization = world.organizations[0]
        let before = world.files(
            source, of: organization, day: RunningSimulator.lastDay,
            at: Self.dayEnd.advanced(by: .seconds(3_600 * 25)))
        let after = world.files(
            source, of: organization, day: RunningSimulator.lastDay,
            at: Self.dayEnd.advanced(by: .seconds(3_600 * 27)))
        #expect(!before.isEmpty && before.count == after.count)
        let isChanged = before != after
        #expect(isChanged)
    }

    @Test("refuses each link once")
    func expiredLinks() async throws {
        try await RunningSimulator.run(scenario: "expired-links") { simulator in
            let token = try await simulator.installationToken()
            let envelope = try await simulator.get(
                "\(SimulatedReportTests.path)users-1-day?day=2026-04-09", token: token)
            for link in try SimulatedReportTests.links(envelope) {
                #expect(try await simulator.fetch(link).status == 403)
                #expect(try await simulator.fetch(link).status == 200)
            }
        }
    }

    @Test("limits the rate three times")
    func rateLimited() async throws {
        try await RunningSimulator.run(scenario: "rate-limited") { simulator in
            let token = try await simulator.installationToken()
            let path = "\(SimulatedReportTests.path)users-1-day?day=2026-04-09"
            for _ in 0..<3 {
                let reply = try await simulator.get(path, token: token)
                #expect(reply.status == 403)
                #expect(reply.fields["retry-after"] == "1")
                #expect(reply.message?.contains("secondary rate limit") == true)
            }
            #expect(try await simulator.get(path, token: token).status == 200)
        }
    }

    @Test("fails every fifth request")
    func flaky() async throws {
        try await RunningSimulator.run(scenario: "flaky") { simulator in
            let token = try await simulator.userToken()
            var statuses: [Int] = []
            for _ in 0..<10 {
                statuses.append(try await simulator.get("/user", token: token).status)
            }
            #expect(statuses == [200, 200, 200, 200, 502, 200, 200, 200, 200, 502])
        }
    }

    @Test("breaks each download once")
    func brokenDownloads() async throws {
        try await RunningSimulator.run(scenario: "broken-downloads") { simulator in
            let token = try await simulator.installationToken()
            let envelope = try await simulator.get(
                "\(SimulatedReportTests.path)organization-1-day?day=2026-04-09", token: token)
            let link = try #require(try SimulatedReportTests.links(envelope).first)
            let failure = await #expect(throws: Failure.self) { try await simulator.fetch(link) }
            #expect(failure?.code == .unavailable)
            let whole = try await simulator.fetch(link)
            #expect(!NDJSON.lines(whole.bytes).contains(.null))
        }
    }

    @Test("ends every third file with an invalid line")
    func badLines() async throws {
        try await RunningSimulator.run(scenario: "bad-lines") { simulator in
            let token = try await simulator.installationToken()
            let envelope = try await simulator.get(
                "\(SimulatedReportTests.path)users-1-day?day=2026-04-09", token: token)
            var invalid: [Int] = []
            for link in try SimulatedReportTests.links(envelope) {
                let lines = NDJSON.lines(try await simulator.fetch(link).bytes)
                invalid.append(lines.count { $0 == .null })
            }
            #expect(invalid == [0, 0, 1])
        }
    }

    @Test("sets GitHub's clock back, so that App tokens come from the future")
    func clockSkew() async throws {
        try await RunningSimulator.run(scenario: "clock-skew") { simulator in
            let reply = try await simulator.get("/app", token: try simulator.appToken())
            #expect(reply.status == 401)
            #expect(reply.message?.contains("('iat')") == true)
            #expect(reply.fields["date"] == "Fri, 10 Apr 2026 05:50:00 GMT")
        }
    }

    @Test("ends an outage with its day", arguments: [(20_547, 200), (20_548, 503), (20_549, 200)])
    func outage(day: Int, status: Int) async throws {
        try await RunningSimulator.run(scenario: "outage") { simulator in
            simulator.clock.set(Timestamp(startOf: Day(number: day)))
            let token = try await simulator.userToken()
            #expect(try await simulator.get("/user", token: token).status == status)
        }
    }

    @Test("revokes the refresh token")
    func revoked() async throws {
        try await RunningSimulator.run(scenario: "revoked-authorization") { simulator in
            let tokens = try await simulator.exchange(["code": try await simulator.code()])
            let answer = try await simulator.refresh(tokens["refresh_token"]?.text)
            #expect(answer["error"] == .string("bad_refresh_token"))
        }
    }

    @Test("reports a day without a report in forms other than 204")
    func emptyAnswers() async throws {
        try await RunningSimulator.run(scenario: "empty-answers") { simulator in
            let token = try await simulator.installationToken()
            let path = "\(SimulatedReportTests.path)organization-1-day?day=2026-04-09"
            let bodies = [
                try await simulator.get(path, token: token).text,
                try await simulator.get(path, token: token).text,
            ]
            #expect(bodies == ["", "\"\""])
            let third = try await simulator.get(path, token: token)
            #expect(third.json?["report_day"] == .string("2026-04-09"))
        }
    }

    @Test("makes the person a plain member of the first organization")
    func notAnOwner() async throws {
        try await RunningSimulator.run(scenario: "not-an-owner") { simulator in
            let token = try await simulator.userToken()
            let first = try await simulator.get("/user/memberships/orgs/acme", token: token)
            let second = try await simulator.get("/user/memberships/orgs/acme-2", token: token)
            #expect(first.json?["role"] == .string("member"))
            #expect(second.json?["role"] == .string("admin"))
        }
    }
}
