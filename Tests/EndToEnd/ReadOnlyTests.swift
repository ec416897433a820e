import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Commands that only read", .timeLimit(.minutes(5)))
struct ReadOnlyTests {
    @Test(
        "create nothing in an empty folder",
        arguments: [
            ["status"], ["events"], ["integrations"], ["dead-letters"], ["state"], ["metrics"],
        ])
    func nothing(arguments: [String]) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, arguments, in: folder)
            // Nobody is connected, which `status` reports.
            #expect(outcome.status == (arguments == ["status"] ? 1 : 0), "\(outcome.errors)")
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        }
    }
}
