import Domain
import Fakes
import GitHubSimulator
import InMemory
import Ports
import Testing

/// Envelopes, links and the report host.
@Suite("The simulated reports", .timeLimit(.minutes(5)))
struct SimulatedReportTests {
    static let path = "/orgs/acme/copilot/metrics/reports/"

    /// The links of an envelope.
    static func links(_ reply: RunningSimulator.Reply) throws -> [String] {
        guard case .array(let links)? = reply.json?["download_links"] else {
            throw Failure(.malformedReply, "no links in \(reply.text)")
        }
        return links.compactMap(\.text)
    }

    @Test("consist of files that another host serves without a token", arguments: Source.reports)
    func download(source: Source) async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.installationToken()
            let envelope = try await simulator.get(
                "\(Self.path)\(source.rawValue)?day=2026-04-09", token: token)
            #expect(envelope.status == 200)
            #expect(envelope.json?["report_day"] == .string("2026-04-09"))
            let links = try Self.links(envelope)
            #expect(links.count == [Source.organization: 1, .users: 3, .userTeams: 4][source])
            var lines = 0
            for link in links {
                #expect(link.hasPrefix(simulator.addresses.reports))
                let file = try await simulator.fetch(link)
                #expect(file.status == 200)
                lines += file.text.split(separator: "\n").count
            }
            #expect(lines >= links.count)
            #expect(simulator.github.violations == [])
        }
    }

    @Test("are refused if the request to the report host contains a token")
    func tokenAtReportHost() async throws {
        try await RunningSimulator.run { simulator in
            let link = try await Self.link(simulator)
            let reply = try await simulator.fetch(link, fields: ["authorization": "Bearer x"])
            #expect(reply.status == 400)
            #expect(simulator.github.violations.count == 1)
            #expect(
                simulator.github.violations[0].hasSuffix("`authorization` sent to the report host")
            )
        }
    }

    @Test("are refused if the link was changed")
    func tamperedLink() async throws {
        try await RunningSimulator.run { simulator in
            let link = try await Self.link(simulator)
            let changes = [
                link.replacing("2026-04-09/", with: "2026-04-08/"),
                link.replacing("2026-04-10T07", with: "2026-04-10T09"),
                link.replacing("sig=", with: "sig=A"),
                String(link.prefix { $0 != "?" }),
            ]
            for changed in changes {
                #expect(changed != link)
                let reply = try await simulator.fetch(changed)
                #expect(reply.status == 403)
                #expect(reply.text.contains("<Code>AuthenticationFailed</Code>"))
            }
        }
    }

    @Test("have links that are valid for an hour", arguments: [(3_599, 200), (3_600, 403)])
    func linkLife(seconds: Int, status: Int) async throws {
        try await RunningSimulator.run { simulator in
            let link = try await Self.link(simulator)
            simulator.clock.advance(by: .seconds(seconds))
            #expect(try await simulator.fetch(link).status == status)
        }
    }

    @Test("can only be read with GET")
    func method() async throws {
        try await RunningSimulator.run { simulator in
            let reply = try await simulator.fetch(
                try await Self.link(simulator), method: "POST", body: "x")
            #expect(reply.status == 405)
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test(
        "accept only the parameter `day`",
        arguments: [
            "", "?date=2026-04-09", "?day=2026-4-9", "?day=yesterday", "?day=2026-04-09&x=1",
        ])
    func query(query: String) async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.installationToken()
            let reply = try await simulator.get("\(Self.path)users-1-day\(query)", token: token)
            #expect(reply.status == 422)
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test(
        "return 204 without a body for a day without a report",
        arguments: ["2026-03-30", "2026-04-10", "2026-04-11", "2027-01-01"])
    func nothing(day: String) async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.installationToken()
            let reply = try await simulator.get("\(Self.path)users-1-day?day=\(day)", token: token)
            #expect(reply.status == 204)
            #expect(reply.bytes.isEmpty)
        }
    }

    @Test(
        "can only be read by an owner",
        arguments: [
            (Person.owner, 200), (Person.plainMember, 403), (Person.stranger, 404),
        ])
    func person(person: Person, status: Int) async throws {
        try await RunningSimulator.run(configure: { $0.consent = .automatic(login: person.login) })
        {
            simulator in
            let token = try await simulator.userToken()
            let reply = try await simulator.get(
                "\(Self.path)users-1-day?day=2026-04-09", token: token)
            #expect(reply.status == status)
        }
    }

    @Test("are not available to another organization's installation")
    func otherInstallation() async throws {
        try await RunningSimulator.run { simulator in
            let token = try await simulator.installationToken(556)
            let reply = try await simulator.get(
                "\(Self.path)users-1-day?day=2026-04-09", token: token)
            #expect(reply.status == 404)
            #expect(simulator.github.violations.count == 1)
        }
    }

    @Test("are refused if the policy is off")
    func policy() async throws {
        try await RunningSimulator.run(scenario: "policy-off") { simulator in
            let token = try await simulator.installationToken()
            let reply = try await simulator.get(
                "\(Self.path)users-1-day?day=2026-04-09", token: token)
            #expect(reply.status == 403)
            #expect(
                reply.message
                    == "The 'Copilot usage metrics' policy must be enabled to use this API")
        }
    }

    private static func link(_ simulator: RunningSimulator) async throws -> String {
        let token = try await simulator.installationToken()
        let envelope = try await simulator.get(
            "\(path)organization-1-day?day=2026-04-09", token: token)
        return try #require(try links(envelope).first)
    }
}
