import InMemory
import Domain
import Fakes
import GitHubSimulator
import Ports
import Testing

/// Envelopes, links and the host behind them.
@Suite("The simulated reports", .timeLimit(.minutes(5)))
struct ReportTests {
    static let path = "/orgs/acme/copilot/metrics/reports/"

    /// The links of an envelope.
    static func links(_ reply: Simulation.Reply) throws -> [String] {
        guard case .array(let links)? = reply.json?["download_links"] else {
            throw Failure(.malformedReply, "no links in \(reply.text)")
        }
        return links.compactMap(\.text)
    }

    @Test("come in shards, from another host, without a token", arguments: Source.reports)
    func download(source: Source) async throws {
        try await Simulation.run { simulation in
            let token = try await simulation.installationToken()
            let envelope = try await simulation.get(
                "\(Self.path)\(source.rawValue)?day=2026-04-09", token: token)
            #expect(envelope.status == 200)
            #expect(envelope.json?["report_day"] == .string("2026-04-09"))
            let links = try Self.links(envelope)
            #expect(links.count == [Source.organization: 1, .users: 3, .userTeams: 4][source])
            var lines = 0
            for link in links {
                #expect(link.hasPrefix(simulation.addresses.reports))
                let file = try await simulation.fetch(link)
                #expect(file.status == 200)
                lines += file.text.split(separator: "\n").count
            }
            #expect(lines >= links.count)
            #expect(simulation.github.violations == [])
        }
    }

    @Test("refuse a token at the report host")
    func tokenAtReportHost() async throws {
        try await Simulation.run { simulation in
            let link = try await Self.link(simulation)
            let reply = try await simulation.fetch(link, fields: ["authorization": "Bearer x"])
            #expect(reply.status == 400)
            #expect(simulation.github.violations.count == 1)
            #expect(
                simulation.github.violations[0].hasSuffix("`authorization` sent to the report host")
            )
        }
    }

    @Test("refuse a link that was changed")
    func tamperedLink() async throws {
        try await Simulation.run { simulation in
            let link = try await Self.link(simulation)
            let changes = [
                link.replacing("2026-04-09/", with: "2026-04-08/"),
                link.replacing("2026-04-10T07", with: "2026-04-10T09"),
                link.replacing("sig=", with: "sig=A"),
                String(link.prefix { $0 != "?" }),
            ]
            for changed in changes {
                #expect(changed != link)
                let reply = try await simulation.fetch(changed)
                #expect(reply.status == 403)
                #expect(reply.text.contains("<Code>AuthenticationFailed</Code>"))
            }
        }
    }

    @Test("let a link live for an hour", arguments: [(3_599, 200), (3_600, 403)])
    func linkLife(seconds: Int, status: Int) async throws {
        try await Simulation.run { simulation in
            let link = try await Self.link(simulation)
            simulation.clock.advance(by: .seconds(seconds))
            #expect(try await simulation.fetch(link).status == status)
        }
    }

    @Test("are read by GET only")
    func method() async throws {
        try await Simulation.run { simulation in
            let reply = try await simulation.fetch(
                try await Self.link(simulation), method: "POST", body: "x")
            #expect(reply.status == 405)
            #expect(simulation.github.violations.count == 1)
        }
    }

    @Test(
        "take `day` and nothing else",
        arguments: [
            "", "?date=2026-04-09", "?day=2026-4-9", "?day=yesterday", "?day=2026-04-09&x=1",
        ])
    func query(query: String) async throws {
        try await Simulation.run { simulation in
            let token = try await simulation.installationToken()
            let reply = try await simulation.get("\(Self.path)users-1-day\(query)", token: token)
            #expect(reply.status == 422)
            #expect(simulation.github.violations.count == 1)
        }
    }

    @Test(
        "are 204 without a body for a day there is nothing of",
        arguments: ["2026-03-30", "2026-04-10", "2026-04-11", "2027-01-01"])
    func nothing(day: String) async throws {
        try await Simulation.run { simulation in
            let token = try await simulation.installationToken()
            let reply = try await simulation.get("\(Self.path)users-1-day?day=\(day)", token: token)
            #expect(reply.status == 204)
            #expect(reply.bytes.isEmpty)
        }
    }

    @Test(
        "may be read by an owner, and by nobody else",
        arguments: [
            (Person.owner, 200), (Person.plainMember, 403), (Person.stranger, 404),
        ])
    func person(person: Person, status: Int) async throws {
        try await Simulation.run(configure: { $0.consent = .automatic(login: person.login) }) {
            simulation in
            let token = try await simulation.userToken()
            let reply = try await simulation.get(
                "\(Self.path)users-1-day?day=2026-04-09", token: token)
            #expect(reply.status == status)
        }
    }

    @Test("are closed to another organization's installation")
    func otherInstallation() async throws {
        try await Simulation.run { simulation in
            let token = try await simulation.installationToken(556)
            let reply = try await simulation.get(
                "\(Self.path)users-1-day?day=2026-04-09", token: token)
            #expect(reply.status == 404)
            #expect(simulation.github.violations.count == 1)
        }
    }

    @Test("are closed where the policy is off")
    func policy() async throws {
        try await Simulation.run(scenario: "policy-off") { simulation in
            let token = try await simulation.installationToken()
            let reply = try await simulation.get(
                "\(Self.path)users-1-day?day=2026-04-09", token: token)
            #expect(reply.status == 403)
            #expect(
                reply.message
                    == "The 'Copilot usage metrics' policy must be enabled to use this API")
        }
    }

    private static func link(_ simulation: Simulation) async throws -> String {
        let token = try await simulation.installationToken()
        let envelope = try await simulation.get(
            "\(path)organization-1-day?day=2026-04-09", token: token)
        return try #require(try links(envelope).first)
    }
}
