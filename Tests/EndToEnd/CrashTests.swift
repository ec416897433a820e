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

@Suite("A runner that is killed", .timeLimit(.minutes(5)))
struct CrashTests {
    @Test("completes the day after a restart, with nothing lost or repeated")
    func killed() async throws {
        try await Stage.with(users: 25, organizations: 4) { stage in
            try await stage.authorize()
            // What comes out when nothing goes wrong, from the same beginnings.
            let calm = "\(stage.folder)/calm"
            try FileManager.default.createDirectory(
                atPath: calm, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: "\(stage.folder)/state", toPath: "\(calm)/state")
            let outcome = try await stage.local(
                "tick", "--quiet",
                with: [
                    "STATE_STORE": "file:\(calm)/state", "EVENT_BUS": "file:\(calm)/bus",
                    "METRICS_SINK": "file:\(calm)/metrics",
                ])
            #expect(outcome.status == 0, "\(outcome.errors.suffix(1_000))")
            let expected = try Stage.samples(in: "\(calm)/metrics")
            #expect(expected.count == 4 * 3)

            // Killed after so many requests to GitHub: before the fan-out, in it, and near its end.
            for requestCount in [2, 9, 21, 34, 55] {
                let before = stage.github.requests.count
                try await ChildProcess.withRunning(
                    BuiltProgram.local, ["tick", "--quiet"], environment: stage.environment,
                    in: stage.folder
                ) { runner in
                    try await runner.wait(for: "request \(requestCount)") {
                        stage.github.requests.count >= before + requestCount
                    }
                    runner.kill()
                    try await runner.waitForEnd()
                }
            }

            let report = try json(try await finished(stage).output)
            let files = try stage.samples()
            #expect(files.keys == expected.keys)
            for (file, text) in expected {
                #expect(files[file]?.lines.count == text.lines.count, "\(file)")
                #expect(files[file]?.values == text.values, "\(file)")
            }
            #expect(report["attention"]?.elements.isEmpty == true)
            let dead = try json(try await stage.local("dead-letters", "--json").output)
            #expect(!dead.hasAnything)
            #expect(stage.github.violations.isEmpty)
        }
    }

    // An event that was in work when its runner died is lent again when its lease runs out; a tick
    // asks for the same day by the same id and does not wait for that.
    private func finished(_ stage: Stage) async throws -> ChildProcess.Outcome {
        let outcome = try await stage.local("tick", "--json", "--quiet")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors.suffix(1_000))")
        return outcome
    }
}

extension JSONValue {
    /// Whether a list or an object anywhere in this holds anything.
    fileprivate var hasAnything: Bool {
        switch self {
        case .array(let elements): !elements.isEmpty
        case .object(let members): members.values.contains { $0.hasAnything }
        default: false
        }
    }
}
