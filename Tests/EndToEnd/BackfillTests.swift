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

@Suite("A backfill", .timeLimit(.minutes(5)))
struct BackfillTests {
    private static let dayCount = 60

    @Test("can be interrupted, reports its progress, and continues without repeating anything")
    func resumed() async throws {
        let last = Stage.yesterday.advanced(by: -10)
        let days = last.advanced(by: 1 - Self.dayCount)...last
        let world = World.generated(
            organizations: 1, users: 12, seed: 5, firstDay: days.lowerBound,
            lastDay: days.upperBound
        )
        let range = ["--from", days.lowerBound.description, "--to", days.upperBound.description]
        try await Stage.with(world) { stage in
            try await stage.connect()
            func collected() -> [Day] {
                let names = try? FileManager.default.contentsOfDirectory(
                    atPath: "\(stage.metrics)/acme")
                return (names ?? []).compactMap { name in
                    name.hasSuffix(".om") && !name.hasPrefix(".")
                        ? Day(String(name.dropLast(3))) : nil
                }.sorted()
            }

            let stopped = try await ChildProcess.withRunning(
                BuiltProgram.local, ["tick", "--parallel", "1"] + range,
                environment: stage.environment, in: stage.folder
            ) { runner in
                try await runner.wait(for: "a part of the days") { collected().count >= 12 }
                runner.terminate()
                try await runner.waitForEnd()
                return runner.output
            }
            let first = collected()
            #expect((12..<Self.dayCount).contains(first.count))
            // The days that people look at first are there.
            #expect(first == Array(days.suffix(first.count)))
            // It says how far it is.
            #expect(stopped.contains(" of \(Self.dayCount + 1)"), "\(stopped.suffix(500))")

            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["tick", "--json", "--quiet"] + range,
                environment: stage.environment, in: stage.folder)
            #expect(outcome.status == 0, "\(outcome.errors.suffix(500))")
            #expect(collected() == Array(days))
            let asked = stage.github.requests.filter { $0.operation == .organizationReport }
            #expect(asked.count == Self.dayCount)
            let status = try json(try await stage.local("status", "--json").output)
            #expect(status.elements.first?["finalDays"] == .integer(Int64(Self.dayCount)))

            // All are closed: a third time there is nothing to do.
            let again = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["tick", "--json", "--quiet"] + range,
                environment: stage.environment, in: stage.folder)
            #expect(try json(again.output)["manifests"]?.elements.isEmpty == true)
            #expect(stage.github.violations.isEmpty)
        }
    }
}
