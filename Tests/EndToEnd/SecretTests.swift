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

@Suite("Secrets", .timeLimit(.minutes(5)))
struct SecretTests {
    /// What must be in no log line and not in the state folder in clear.
    static let patterns = [
        Stage.clientSecret, "PRIVATE KEY-----", "ghp_", "ghu_", "ghr_", "ghs_", "sig=", "Bearer ",
        "planted-backend-token",
    ]

    @Test("never appear in logs, state, queue or journal")
    func planted() async throws {
        try await Stage.with { stage in
            var printed: [String] = []
            try await stage.authorize()
            let noisy = [
                "LOG_LEVEL": "trace", "REMOTE_WRITE_BEARER_TOKEN": "planted-backend-token",
            ]
            // A backend that is not there, so that failures are written about as well.
            let nowhere = "remote-write:http://127.0.0.1:\(try freePort())/api/v1/write"
            for sink in ["file:\(stage.metrics)", "file:\(stage.metrics) \(nowhere)"] {
                for format in ["json", "text"] {
                    let outcome = try await stage.local(
                        "tick", "--json",
                        with: noisy.merging(["METRICS_SINK": sink, "LOG_FORMAT": format]) { $1 })
                    printed += [outcome.output, outcome.errors]
                }
            }
            for command in [["status"], ["events"], ["state"], ["dead-letters"], ["integrations"]] {
                for arguments in [command, command + ["--json"]] {
                    let outcome = try await ChildProcess.outcome(
                        of: BuiltProgram.local, arguments,
                        environment: stage.environment.merging(noisy) { $1 }, in: stage.folder)
                    printed += [outcome.output, outcome.errors]
                }
            }

            let addresses = try Self.addresses(in: stage)
            #expect(!addresses.isEmpty, "the samples name no address, so nothing is tested")
            for text in printed {
                for secret in Self.patterns + addresses {
                    #expect(!text.contains(secret), "\(secret) was printed")
                }
            }

            let files = try FileManager.default.subpathsOfDirectory(atPath: stage.folder)
                .filter { !$0.hasPrefix("metrics/") }
            #expect(files.contains { $0.hasPrefix("state/") && $0.contains("credentials") })
            for file in files {
                guard let bytes = FileManager.default.contents(atPath: "\(stage.folder)/\(file)")
                else { continue }
                let text = String(decoding: bytes, as: UTF8.self)
                for secret in Self.patterns + addresses {
                    #expect(!text.contains(secret), "\(secret) stands in \(file)")
                }
            }
            #expect(stage.github.violations.isEmpty)
        }
    }

    /// The addresses that the samples carry, where they belong.
    private static func addresses(in stage: Stage) throws -> [String] {
        let lines = try stage.samples().values.flatMap(\.lines)
        return Array(Set(lines.compactMap { $0.series["user_email"] }))
    }
}
