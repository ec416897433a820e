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
    /// Plays a demo of days that are always the same, the last ones of the recorded organization.
    static func demo(
        in folder: String, sink: String? = nil, _ arguments: [String] = []
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.outcome(
            of: BuiltProgram.local,
            [
                "demo", "--folder", "\(folder)/demo", "--json", "--last-day", "2026-04-18",
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

    /// Plays a short demo and returns it with its text.
    private static func text(
        in folder: String, sink: String? = nil, columns: Int? = nil, _ arguments: [String] = []
    ) async throws -> ChildProcess.Outcome {
        try await ChildProcess.outcome(
            of: BuiltProgram.local,
            ["demo", "--days", "2", "--organizations", "1", "--users", "8", "--quiet"] + arguments,
            environment: ["METRICS_SINK": sink, "COLUMNS": columns.map(String.init)], in: folder)
    }

    @Test("ends yesterday, shows real numbers, and names what other commands can look at")
    func shown() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await Self.text(in: folder)
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(outcome.errors.isEmpty, "\(outcome.errors)")
            let yesterday = Stage.yesterday
            for words in [
                "Copilot up to \(yesterday)", "WEEKLY USERS", "NET SPEND",
                "octodemo                 4", "demo/metrics/acme/\(yesterday).om",
                "status --env-file demo/demo.env", "of 110 metrics written",
            ] {
                #expect(outcome.output.contains(words), "\(words): \(outcome.output)")
            }
            for words in ["of_tomorrow", "unknown fields", "--through"] {
                #expect(!outcome.output.contains(words), "\(words): \(outcome.output)")
            }
            // The real organization is there, and its days are the played ones.
            let files = try Stage.samples(in: "\(folder)/demo/metrics")
            #expect(files["octodemo/\(yesterday)"]?.lines.isEmpty == false)
            let status = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["status", "--env-file", "demo/demo.env"], in: folder)
            #expect(status.output.contains("\(yesterday)"), "\(status.output)")
            for command in ["run", "tick", "doctor"] {
                let outcome = try await ChildProcess.outcome(
                    of: BuiltProgram.local, [command, "--env-file", "demo/demo.env"], in: folder)
                #expect(outcome.status == 2)
                #expect(
                    outcome.errors.hasPrefix("copilot-local: demo/demo.env was left by a demo"),
                    "\(outcome.errors)")
                #expect(outcome.errors.split(separator: "\n").count == 1)
            }
        }
    }

    @Test("exits with 0 for any number of days", arguments: [1, 3, 8])
    func anyNumber(days: Int) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await Self.text(in: folder, ["--days", String(days)])
            #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        }
    }

    @Test("plays a scenario to its dead letter, and says why it exits with 1")
    func scenario() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await Self.text(in: folder, ["--scenario", "outage"])
            #expect(outcome.status == 1)
            #expect(outcome.errors.contains("so the exit status is 1"), "\(outcome.errors)")
            #expect(outcome.output.contains("dead-letters --env-file demo/demo.env"))
            let dead = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["dead-letters", "--env-file", "demo/demo.env"],
                in: folder)
            #expect(dead.output.contains("7 attempts"), "\(dead.output)")
        }
    }

    @Test("fits every terminal", arguments: [40, 60, 80, 200])
    func width(columns: Int) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await Self.text(in: folder, columns: columns)
            let lines = outcome.output.split(separator: "\n")
            // A name, path or metric is never broken; the program's own path is long here.
            let long = lines.filter { line in
                let words = line.split(separator: " ").map(\.count)
                return line.count > columns && words.allSatisfy { $0 < columns - 12 }
            }
            #expect(long.isEmpty, "\(long)")
        }
    }

    @Test("counts only what a backend accepted, and groups what it rejected by its reason")
    func rejected() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await withLoopbackServer { _ in
                [.reply(500, [:], Array("too old sample".utf8))]
            } use: { server in
                try await Self.text(in: folder, sink: "remote-write:\(server.url)/api/v1/write")
            }
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("0 of 110 metrics written, 0 samples."))
            #expect(outcome.output.contains("storage.tsdb.out_of_order_time_window"))
            let reasons = outcome.output.split(separator: "\n").filter {
                $0.contains("the backend refused")
            }
            #expect(reasons.count == 1, "\(outcome.output)")
        }
    }

    @Test("names the flag of a Prometheus that does not receive, and no other fix")
    func receiver() async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await withLoopbackServer { _ in
                [.reply(404, [:], Array("remote write receiver needs to be enabled with …".utf8))]
            } use: { server in
                try await Self.text(in: folder, sink: "remote-write:\(server.url)/api/v1/write")
            }
            #expect(outcome.status == 1)
            #expect(outcome.output.contains("--web.enable-remote-write-receiver"))
            #expect(!outcome.output.contains("Check the address"), "\(outcome.output)")
        }
    }
}
