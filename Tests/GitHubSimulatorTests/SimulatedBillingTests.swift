import Domain
import Fakes
import GitHubSimulator
import InMemory
import Testing

/// The bill of an organization.
@Suite("The simulated bill", .timeLimit(.minutes(5)))
struct SimulatedBillingTests {
    static let path = "/organizations/acme/settings/billing/"

    static func items(
        _ simulator: RunningSimulator, _ path: String, _ query: String
    ) async throws -> [JSONValue] {
        let token = try await simulator.installationToken()
        let reply = try await simulator.get(Self.path + path + query, token: token)
        guard reply.status == 200, case .array(let items)? = reply.json?["usageItems"] else {
            Issue.record("no items in \(reply.status) \(reply.text)")
            return []
        }
        return items
    }

    /// A number of an item, whether JSON wrote it as an integer or not.
    static func number(_ item: JSONValue, _ name: String) -> Double {
        switch item[name] {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: .nan
        }
    }

    @Test(
        "has the same sums by model as in the summary",
        arguments: [
            ("premium_request/usage", "copilot_premium_request"),
            ("ai_credit/usage", "copilot_ai_unit"),
        ])
    func sums(path: String, sku: String) async throws {
        try await RunningSimulator.run { simulator in
            let query = "?year=2026&month=4&product=copilot"
            let summary = try await Self.items(simulator, "usage/summary", query)
            let row = try #require(summary.first { $0["sku"]?.text == sku })
            #expect(row["model"] == nil)
            let rows = try await Self.items(simulator, path, query)
            #expect(rows.count > 1)
            #expect(rows.allSatisfy { $0["model"]?.text != nil && $0["sku"]?.text != sku })
            for name in [
                "grossQuantity", "grossAmount", "discountQuantity", "discountAmount",
                "netQuantity", "netAmount",
            ] {
                let sum = rows.reduce(0) { $0 + Self.number($1, name) }
                #expect(abs(sum - Self.number(row, name)) < 1e-6, "\(name)")
            }
            #expect(simulator.github.violations == [])
        }
    }

    @Test(
        "has a value for every metric of the bill",
        arguments: Catalogue.metrics.filter { $0.source == .billing })
    func coverage(metric: Metric) async throws {
        try await RunningSimulator.run { simulator in
            let query = "?year=2026&month=4&product=copilot"
            let name = String(metric.path.split(separator: ".").last ?? "")
            var labels: Set<Label> = []
            for path in ["usage/summary", "premium_request/usage", "ai_credit/usage"] {
                for item in try await Self.items(simulator, path, query) {
                    #expect(Self.number(item, name).isFinite)
                    labels.formUnion(metric.labels.filter { item[$0.field]?.text != nil })
                }
            }
            #expect(labels == Set(metric.labels))
        }
    }

    @Test("grows over the month and restarts in the next")
    func monthToDate() async throws {
        try await RunningSimulator.run { simulator in
            func seats(_ query: String) async throws -> Double {
                let rows = try await Self.items(simulator, "usage/summary", query)
                let row = rows.first { $0["sku"]?.text == "copilot_for_business" }
                return row.map { Self.number($0, "netQuantity") } ?? 0
            }
            simulator.clock.set(Timestamp(endOf: Day(number: 20_545)))  // 2026-04-02
            let second = try await seats("?product=copilot")
            let lastMonth = try await seats("?product=copilot&year=2026&month=3")
            simulator.clock.set(RunningSimulator.morning)
            let ninth = try await seats("?product=copilot")
            #expect(second == 12.0 * 2 / 30)
            #expect(lastMonth == 12.0 * 1 / 31)
            #expect(ninth == 12.0 * 9 / 30)
        }
    }

    @Test("contains other products unless the request filters for Copilot")
    func otherProducts() async throws {
        try await RunningSimulator.run { simulator in
            let all = try await Self.items(simulator, "usage/summary", "")
            #expect(all.contains { $0["product"]?.text == "Actions" })
            let copilot = try await Self.items(simulator, "usage/summary", "?product=Copilot")
            #expect(copilot.allSatisfy { $0["product"]?.text == "Copilot" })
        }
    }

    @Test(
        "is refused if an enterprise pays or the permission is missing",
        arguments: [("billed-elsewhere", 404), ("no-billing-permission", 403)])
    func refused(scenario: String, status: Int) async throws {
        try await RunningSimulator.run(scenario: scenario) { simulator in
            let token = try await simulator.installationToken()
            let reply = try await simulator.get(Self.path + "usage/summary", token: token)
            #expect(reply.status == status)
        }
    }
}
