import Deployment
import Domain
import GitHubSimulator
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A tick beside a running runner", .timeLimit(.minutes(5)))
struct SharedTickEndToEndTests {
    private static let dayCount = 20

    @Test("reports the whole, whoever collected it")
    func whole() async throws {
        let last = Stage.yesterday.advanced(by: -5)
        let days = last.advanced(by: 1 - Self.dayCount)...last
        let world = World.generated(
            organizations: 2, users: 12, seed: 5, firstDay: days.lowerBound,
            lastDay: Stage.yesterday)
        try await Stage.with(world) { stage in
            try await stage.connect()
            try await ChildProcess.withRunning(
                BuiltProgram.local, ["run", "--port", String(stage.port)],
                environment: stage.environment, in: stage.folder
            ) { runner in
                try await runner.wait(for: "its page") {
                    (try? await Stage.get("http://127.0.0.1:\(stage.port)/healthz"))?.status == 200
                }
                for range in [
                    [
                        "--from", days.lowerBound.description, "--to",
                        last.advanced(by: -5).description,
                    ],
                    ["--from", last.advanced(by: -4).description, "--to", last.description],
                ] {
                    let outcome = try await ChildProcess.outcome(
                        of: BuiltProgram.local, ["tick", "--json"] + range,
                        environment: stage.environment, in: stage.folder)
                    #expect(outcome.status == 0, "\(outcome.errors.suffix(500))")
                    let report = try json(outcome.output)
                    let asked = try #require(Day(range[1]))...#require(Day(range[3]))
                    // It also helps with what the runner's own tick asked for.
                    let collected = Set(
                        report["manifests"]?.elements.compactMap { manifest -> String? in
                            guard let day = manifest["day"]?.text,
                                let login = manifest["organization"]?.text,
                                Day(day).map(asked.contains) == true
                            else { return nil }
                            return "\(login)/\(day)"
                        } ?? [])
                    #expect(collected.count == 2 * asked.count, "\(outcome.output.suffix(300))")
                    #expect(report["attention"]?.elements.isEmpty == true)
                }
            }
            #expect(stage.github.violations.isEmpty)
        }
    }
}
