import TestSupport
import Testing

/// The pages as Debian's Chromium shows them: each check is a Python file of its own, as in
/// `CheckTests`, because the best driver of a browser is Python's.
@Suite("Pages in a browser", .serialized, .timeLimit(.minutes(15)))
struct PageTests {
    @Test(
        "fit, keep the rules of accessibility, and change only what a person asks for",
        arguments: ["pages", "actions", "api", "setup"])
    func check(name: String) async throws {
        let outcome = try await PythonCheck.outcome(of: name)
        #expect(outcome.status == 0, "\(outcome.errors.suffix(6_000))")
    }
}
