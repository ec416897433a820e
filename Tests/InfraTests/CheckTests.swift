import TestSupport
import Testing

/// What is deployed, held against the rules of where it is deployed: the tools that know them are
/// Python's, so each check is a Python file of its own and this says which failed.
@Suite("Deployments", .timeLimit(.minutes(3)))
struct CheckTests {
    @Test(
        "hold what they are checked for",
        arguments: [
            "template", "roles", "kubernetes_manifests", "knative_manifests", "wiring",
        ])
    func check(name: String) async throws {
        let outcome = try await PythonCheck.outcome(of: name)
        #expect(outcome.status == 0, "\(outcome.errors.suffix(6_000))")
    }
}
