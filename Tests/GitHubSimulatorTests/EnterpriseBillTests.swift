import Domain
import GitHubSimulator
import Testing

/// The bill of an enterprise.
@Suite("The simulated bill of an enterprise", .timeLimit(.minutes(5)))
struct EnterpriseBillTests {
    static let summary = "/enterprises/acme-inc/settings/billing/usage/summary"
    static let query = "?year=2026&month=4&product=copilot"
    static let token = "ghp_simulatedBillingTokenOfAnEnterprise00"

    private func seats(_ reply: RunningSimulator.Reply) -> Double? {
        guard case .array(let items)? = reply.json?["usageItems"] else { return nil }
        let row = items.first { $0["sku"]?.text == "copilot_for_business" }
        return row.map { SimulatedBillingTests.number($0, "grossQuantity") }
    }

    @Test("has the parts of its organizations, and what none is charged for")
    func parts() async throws {
        try await RunningSimulator.run(scenario: "enterprise-difference") { simulator in
            let own = try await simulator.get(
                "/organizations/acme/settings/billing/usage/summary" + Self.query,
                token: try await simulator.installationToken())
            #expect(own.status == 404)
            let whole = try await simulator.get(Self.summary + Self.query, token: Self.token)
            #expect(whole.json?["enterprise"]?.text == "acme-inc")
            #expect(whole.json?["organization"] == nil)
            #expect(whole.fields["x-oauth-scopes"] == "manage_billing:enterprise, read:org")
            let part = try await simulator.get(
                Self.summary + Self.query + "&organization=ACME", token: Self.token)
            #expect(part.json?["organization"]?.text == "ACME")
            let (all, some) = (try #require(seats(whole)), try #require(seats(part)))
            #expect(abs(all - some - 12.5) < 1e-9)
            // The second organization pays for itself.
            let other = try await simulator.get(
                Self.summary + Self.query + "&organization=acme-2", token: Self.token)
            #expect(seats(other) == nil)
            #expect(simulator.github.violations == [])
        }
    }

    @Test(
        "is refused like GitHub's",
        arguments: [
            ("enterprise-scope", 404), ("enterprise-stranger", 404),
            ("enterprise-fine-grained", 403), ("enterprise-single-sign-on", 403),
            ("enterprise-revoked-token", 401), ("plain", 401),
        ])
    func refused(scenario: String, status: Int) async throws {
        try await RunningSimulator.run(scenario: scenario) { simulator in
            let reply = try await simulator.get(Self.summary + Self.query, token: Self.token)
            #expect(reply.status == status)
            let hasScopes = ["enterprise-fine-grained", "plain"].contains(scenario)
            if status != 401 { #expect((reply.fields["x-oauth-scopes"] == nil) == hasScopes) }
            #expect(simulator.github.violations == [])
        }
    }

    @Test("is a violation to ask for with an App's token, or with unknown parameters")
    func violations() async throws {
        try await RunningSimulator.run(scenario: "enterprise-pays") { simulator in
            let app = try await simulator.installationToken()
            #expect(try await simulator.get(Self.summary, token: app).status == 403)
            #expect(simulator.github.violations.count == 1)
            let odd = try await simulator.get(Self.summary + "?org=acme", token: Self.token)
            #expect(odd.status == 200)
            #expect(simulator.github.violations.count == 2)
            let reports = try await simulator.get(
                "/orgs/acme/copilot/metrics/reports/users-1-day?day=2026-04-01",
                token: Self.token)
            #expect(reports.status == 404)
            #expect(simulator.github.violations.count == 3)
        }
    }
}
