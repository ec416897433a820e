import TestSupport
import Testing

/// Rules, alerts and dashboards, asked of real backends: each check is a Python file of its own, as in
/// `CheckTests`, and takes longer than those.
@Suite("Dashboards, rules and alerts", .serialized, .timeLimit(.minutes(15)))
struct DashboardTests {
    @Test(
        "are current and show what the reports say",
        arguments: ["alerts", "dashboards", "dashboards_shown", "pictures"])
    func check(name: String) async throws {
        let outcome = try await PythonCheck.outcome(of: name)
        #expect(outcome.status == 0, "\(outcome.errors.suffix(6_000))")
    }
}
