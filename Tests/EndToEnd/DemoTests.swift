import Deployment
import Domain
import TestSupport
import Testing
import Toolbox

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The demo", .timeLimit(.minutes(5)))
struct DemoTests {
    static func demo(
        in folder: String, sink: String? = nil, _ arguments: [String] = []
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.outcome(
            of: BuiltProgram.local,
            [
                "demo", "--folder", "\(folder)/demo", "--json", "--recorded",
                "\(Repository.root)/\(Repository.recordedFolder)",
            ] + arguments,
            environment: ["METRICS_SINK": sink], in: folder)
    }

    @Test("writes all documented metrics, each sample at the end of its day")
    func complete() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await Self.demo(in: folder)
            #expect(outcome.status == 0, "\(outcome.errors.suffix(2_000))")

            let files = try Stage.samples(in: "\(folder)/demo/metrics")
            #expect(Set(files.values.flatMap(\.families)) == Oracle.names)
            for (file, text) in files {
                let day = try #require(Day(String(file.suffix(10))))
                let organization = String(file.dropLast(11))
                #expect(text.lines.allSatisfy { $0.seconds == Timestamp(endOf: day).seconds })
                #expect(text.lines.allSatisfy { $0.series["organization"] == organization })
                #expect(text.values.count == text.lines.count, "a series is there twice in \(file)")
                #expect(text.lines.allSatisfy { !$0.series.values.contains("") })
            }

            let report = try json(outcome.output)
            let manifests = report["manifests"]?.elements ?? []
            #expect(manifests.count >= 4 * 7)
        }
    }

    @Test("writes exactly the values of the recorded days' JSON")
    func traced() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await Self.demo(in: folder, ["--organizations", "1"])
            #expect(!outcome.output.isEmpty)
            let files = try Stage.samples(in: "\(folder)/demo/metrics")
            let recorded = files.filter { $0.key.hasPrefix("octodemo/") }
            #expect(recorded.count == 7)
            for (file, text) in recorded {
                let expected = try [Source.organization, .users].flatMap { source in
                    try Oracle.rows(
                        of: Repository.bytes(
                            "\(Repository.recordedFolder)/\(source.rawValue)/\(file.suffix(10)).ndjson"
                        ),
                        source, organization: "octodemo")
                }
                let written = text.lines.compactMap { line -> Row? in
                    var labels = line.series
                    labels["user_email"] = nil
                    labels["user_name"] = nil
                    let name = labels.removeValue(forKey: "__name__") ?? ""
                    let isReport =
                        !name.contains("_billing_") && name != "github_copilot_user_team_membership"
                    return isReport ? Row(name, labels, line.value) : nil
                }
                #expect(written.sorted() == expected.sorted(), "\(file)")
            }
        }
    }

    @Test("writes the same samples each time")
    func repeatable() async throws {
        try await withTemporaryFolder { folder in
            var runs: [[String: OpenMetricsText]] = []
            for name in ["a", "b"] {
                _ = try await Self.demo(in: "\(folder)", ["--days", "3"])
                let from = "\(folder)/demo/metrics"
                runs.append(try Stage.samples(in: from))
                try FileManager.default.moveItem(atPath: from, toPath: "\(folder)/\(name)")
            }
            #expect(runs[0].keys == runs[1].keys)
            for (file, text) in runs[0] { #expect(runs[1][file]?.lines == text.lines) }
        }
    }
}
