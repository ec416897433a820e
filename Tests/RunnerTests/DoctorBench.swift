import Authorization
import Domain
import Fakes
import GitHub
import InMemory
import Ports
import Synchronization
import Testing
import Toolbox

@testable import Runner

/// A GitHub where all is well unless a test says otherwise, and everything else in memory.
final class DoctorBench: Sendable {
    typealias Answer = @Sendable (HTTPClientRequest) throws(Failure) -> HTTPClientResponse?

    let clock = ManualClock(Timestamp(seconds: 1_795_348_800))  // 2026-11-22T12:00:00Z
    let store: MemoryStore
    let transport: ScriptedTransport
    let github: GitHubClient

    /// Sets up a GitHub.
    ///
    /// - Parameters:
    ///   - clientID: What the settings call the App's client id.
    ///   - slug: What the settings call the App.
    ///   - lead: How far our clock is ahead of GitHub's.
    ///   - enterprise: The enterprise whose bill may be read.
    ///   - answer: What is answered instead; nil for the usual.
    /// - Throws: Why there is no such GitHub.
    init(
        clientID: String = "Iv1.example", slug: String = "copilot-usage", lead: Int64 = 0,
        enterprise: EnterpriseAccount? = nil, answer: @escaping Answer = { _ in nil }
    ) throws {
        store = MemoryStore(clock: clock)
        let date = HTTPDay.text(clock.now().seconds - lead)
        transport = ScriptedTransport { request throws(Failure) in
            let usual = try answer(request) ?? Self.usual(request)
            return HTTPClientResponse(
                status: usual.status, fields: usual.fields.merging(["date": date]) { $1 },
                body: usual.body)
        }
        github = GitHubClient(
            endpoints: try GitHubEndpoints(),
            app: GitHubApp(
                id: "42", clientID: clientID, clientSecret: Secret("app-secret"), slug: slug),
            enterprise: enterprise, signer: BackwardSigner(), transport: transport,
            hashing: NoHashing(), clock: clock,
            time: ManualTime(moving: clock), entropy: SeededEntropy(seed: 5))
    }

    /// Connects an integration whose token works for some hours.
    func connect(
        expires: Duration = .seconds(28_800), sealedBy vault: any Vault = OpenVault()
    ) async throws {
        let integration = try Sample.integration(["acme"])
        try await store.put(
            JSON.encode(integration), for: .integration(integration.id), if: .absent)
        let tokens = UserTokens(
            access: Secret("ghu_doctor"), accessExpires: clock.now().advanced(by: expires),
            refresh: Secret("ghr_doctor"))
        try await store.put(
            Credentials.seal(tokens, of: integration.id, in: vault),
            for: .credentials(integration.id), if: .absent)
    }

    /// Examines everything there.
    func diagnosis(
        store other: (any KeyValueStore)? = nil, warnings: [String] = [],
        organizations: [OrganizationLogin] = [], selection: OrganizationSelection = .all,
        identity: UserIdentity = .full,
        backends: [DoctorChecks.Backend] = [], readBack: DoctorChecks.ReadBack? = nil
    ) async -> Diagnosis {
        await DoctorChecks(
            setup: DoctorChecks.Setup(
                warnings: warnings, authorizeURL: "https://usage.example/authorize",
                identity: identity, organizations: organizations, selection: selection),
            github: github, store: other ?? store, vault: OpenVault(), clock: clock,
            entropy: SeededEntropy(seed: 6), backends: backends,
            readBack: readBack
        ).run()
    }

    /// What was asked for, without queries.
    var paths: [String] { transport.requests.map { String($0.url.prefix { $0 != "?" }) } }

    private static func usual(_ request: HTTPClientRequest) -> HTTPClientResponse {
        let path = request.url.replacing("https://api.github.com", with: "").prefix { $0 != "?" }
        switch path {
        case "/app":
            return .json(#"{"id":42,"slug":"copilot-usage","client_id":"Iv1.example"}"#)
        case "/user/installations":
            return .json(
                #"""
                {"installations":[{"id":555,"account":{"id":1,"login":"acme"},
                "target_type":"Organization","permissions":{"members":"read",
                "organization_administration":"read","organization_copilot_metrics":"read"}}]}
                """#)
        case "/user/memberships/orgs/acme": return .json(#"{"state":"active","role":"admin"}"#)
        case "/app/installations/555/access_tokens":
            return .json(#"{"token":"ghs_doctor","expires_at":"2026-11-22T13:00:00Z"}"#, 201)
        case "/orgs/acme/copilot/metrics/reports/organization-1-day":
            let day = request.url.suffix(10)
            let link = "https://copilot-reports.github.com/1?sig=planted"
            return .json(#"{"download_links":["\#(link)"],"report_day":"\#(day)"}"#)
        case "/organizations/acme/settings/billing/usage/summary":
            return .json(#"{"usageItems":[]}"#)
        case "/graphql": return .json(members(email: #"["ada@acme.example"]"#))
        case "https://copilot-reports.github.com/1": return .json("{}")
        default:
            Issue.record("nobody should ask for \(path)")
            return .json("{}", 404)
        }
    }

    /// One member, whose addresses are the given list.
    static func members(email: String) -> String {
        #"""
        {"data":{"organization":{"membersWithRole":{"pageInfo":{"hasNextPage":false},
        "nodes":[{"databaseId":1,"login":"ada","organizationVerifiedDomainEmails":\#(email)}]}}}}
        """#
    }
}

extension Diagnosis {
    /// The one check of a name.
    func check(_ name: Check.Name) throws -> Check {
        let found = checks.filter { $0.name == name }
        #expect(found.count == 1, "\(name) was looked at \(found.count) times")
        return try #require(found.first)
    }

    /// The names with an outcome, in order.
    func names(_ outcome: Check.Outcome) -> [Check.Name] {
        checks.filter { $0.outcome == outcome }.map(\.name)
    }
}

extension HTTPClientResponse {
    static func json(_ text: String, _ status: Int = 200) -> HTTPClientResponse {
        HTTPClientResponse(status: status, bytes: Array(text.utf8))
    }

    static func refusal(_ status: Int, _ message: String) -> HTTPClientResponse {
        .json(#"{"message":"\#(message)"}"#, status)
    }
}

/// The one form of a date that HTTP senders use, within the days of these tests.
private enum HTTPDay {
    static func text(_ seconds: Int64) -> String {
        let text = Timestamp(seconds: seconds).description
        return "Sun, \(text.dropFirst(8).prefix(2)) Nov 2026 \(text.dropFirst(11).prefix(8)) GMT"
    }
}

private struct BackwardSigner: AppSigner {
    func sign(_ message: [UInt8]) throws(Failure) -> [UInt8] { message.reversed() }
}

/// Nothing that a diagnosis asks for is hashed.
private struct NoHashing: Hashing {
    func sha256(_ message: [UInt8]) -> [UInt8] { preconditionFailure("nothing is hashed here") }
    func hmac(_ message: [UInt8], key: [UInt8]) -> [UInt8] { sha256(message) }
    func areEqual(_ lhs: [UInt8], _ rhs: [UInt8]) -> Bool { lhs == rhs }
}
