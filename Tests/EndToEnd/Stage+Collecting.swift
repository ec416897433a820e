import Deployment
import Domain
import GitHubSimulator
import SystemClock
import TestSupport
import Testing

/// What one `copilot-local tick` said and how it ended.
struct Collected: Sendable {
    let status: Int
    let report: JSONValue
    let errors: String

    var manifests: [JSONValue] { report["manifests"]?.elements ?? [] }
    var skipped: [JSONValue] { report["skipped"]?.elements ?? [] }
    var attention: [JSONValue] { report["attention"]?.elements ?? [] }

    /// The manifest of an organization; of its newest day unless a day is named.
    func manifest(_ organization: String, _ day: Day? = nil) -> JSONValue? {
        manifests.last { manifest in
            manifest["organization"]?.text == organization
                && (day.map { manifest["day"]?.text == $0.description } ?? true)
        }
    }

    /// What became of a source.
    func result(_ source: Source, _ organization: String = "acme", _ day: Day? = nil) -> JSONValue?
    {
        manifest(organization, day)?["sources"]?[source.rawValue]
    }

    func outcome(_ source: Source, _ organization: String = "acme", _ day: Day? = nil) -> Outcome? {
        (result(source, organization, day)?["outcome"]?.text).flatMap(Outcome.init)
    }

    func reason(_ source: Source, _ organization: String = "acme", _ day: Day? = nil) -> String {
        result(source, organization, day)?["reason"]?.text ?? ""
    }

    /// The outcomes of all sources.
    func outcomes(_ organization: String, _ day: Day? = nil) -> [Source: Outcome] {
        Dictionary(
            uniqueKeysWithValues: Source.allCases.compactMap { source in
                outcome(source, organization, day).map { (source, $0) }
            })
    }
}

extension Stage {
    /// The newest day that can be collected.
    static var yesterday: Day { Day(containing: SystemClock().now()).advanced(by: -1) }

    /// Authorizes by the functions alone: no runner is up, so nothing is collected yet.
    ///
    /// - Parameter query: The settings of the integration.
    /// - Returns: The result of the callback.
    /// - Throws: Why it cannot be connected.
    @discardableResult
    func connect(query: [String: String] = [:]) async throws -> JSONValue {
        let settings = JSONValue.object(["query": .object(query.mapValues(JSONValue.string))])
        let asked = String(decoding: try encoded(settings), as: UTF8.self)
        let begun = try json(try await function("onAuthorize", asked).output)
        let cookie = try #require(begun["headers"]?["set-cookie"]?.text).prefix { $0 != ";" }
        let consent = try await Self.get(try #require(begun["headers"]?["location"]?.text))
        let back = try #require(consent.fields["location"])
        let event = JSONValue.object([
            "query": .object(Self.query(back)),
            "headers": .object(["cookie": .string(String(cookie))]),
        ])
        let text = String(decoding: try encoded(event), as: UTF8.self)
        return try json(try await function("onAuthorizeCallback", text).output)
    }

    /// The query of an address that holds nothing to decode.
    static func query(_ address: String) -> [String: JSONValue] {
        let pairs = address.drop { $0 != "?" }.dropFirst().split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1)
            return (String(parts[0]), JSONValue.string(String(parts.last ?? "")))
        }
        return Dictionary(pairs) { $1 }
    }

    /// Fires a tick for one day, or as it is told, and works until nothing is due.
    func tick(
        on day: Day? = nil, _ arguments: String..., with changes: [String: String?] = [:]
    ) async throws -> Collected {
        let range = day.map { ["--from", $0.description, "--to", $0.description] } ?? []
        let outcome = try await ChildProcess.outcome(
            of: BuiltProgram.local, ["tick", "--json", "--quiet"] + range + arguments,
            environment: environment.merging(changes) { $1 }, in: folder)
        return Collected(
            status: outcome.status, report: try json(outcome.output), errors: outcome.errors)
    }

    /// What the files hold of a day, without what is said of the collector and of people's names.
    func written(
        _ sources: [Source] = Source.reports, of organization: String = "acme", _ day: Day
    ) throws -> [Row] {
        let lines = try samples()["\(organization)/\(day)"]?.lines ?? []
        return lines.map { line in
            var labels = line.series
            let name = labels.removeValue(forKey: "__name__") ?? ""
            return Row(name, labels, line.value)
        }
        .filter { row in sources.contains { $0.isOrigin(of: row.name) } }.sorted()
    }

    /// What GitHub says of a day now, found by another way than ours.
    ///
    /// - Parameters:
    ///   - source: Which report.
    ///   - organization: Whose.
    ///   - day: Of which day.
    ///   - effect: What is done to its files on their way.
    /// - Returns: The rows, equal series added up, people named as the member list names them.
    /// - Throws: What the JSON decoder says.
    func truth(
        _ source: Source, of organization: String = "acme", _ day: Day,
        after effect: Fault.Effect? = nil
    ) throws -> [Row] {
        let world = github.world
        let known = try #require(world.organization(organization))
        let files = world.files(source, of: known, day: day, at: SystemClock().now())
        let rows = try files.flatMap { file in
            try Oracle.rows(
                of: effect.map { SimulatedGitHub.file(file, after: $0) } ?? file, source,
                organization: organization,
                decorate: source == .users ? known.decoration : { _ in [:] })
        }
        return rows.addedUp
    }
}

extension SimulatedOrganization {
    /// What the labels of a user say beside login and number.
    func decoration(_ login: String) -> [String: String] {
        guard let member = members.first(where: { $0.login == login }) else { return [:] }
        var labels: [String: String] = [:]
        if let name = member.name, !name.isEmpty { labels["user_name"] = name }
        if !member.isEmailForbidden { labels["user_email"] = member.verifiedEmails.first }
        return labels
    }
}

extension Source {
    /// Whether a metric of this name comes from here.
    func isOrigin(of name: String) -> Bool {
        switch self {
        case .organization: name.hasPrefix("github_copilot_org_")
        case .users:
            name.hasPrefix("github_copilot_user_") && name != "github_copilot_user_team_membership"
        case .userTeams: name == "github_copilot_user_team_membership"
        case .billing: name.hasPrefix("github_copilot_billing_")
        case .members: false
        }
    }
}

extension [Row] {
    /// Each series once, with the sum of its values, in order.
    var addedUp: [Row] {
        Dictionary(grouping: self, by: \.series).compactMap { _, rows in
            guard var row = rows.first else { return nil }
            row.value = rows.reduce(0) { $0 + $1.value }
            return row
        }
        .sorted()
    }
}
