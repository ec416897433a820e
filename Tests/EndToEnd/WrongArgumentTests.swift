import Domain
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A wrong command line", .timeLimit(.minutes(5)))
struct WrongArgumentTests {
    /// A command line, and words of the answer.
    struct Row: Sendable, CustomStringConvertible {
        let line: String
        let answer: String
        init(_ line: String, _ answer: String) { (self.line, self.answer) = (line, answer) }
        var description: String { line }
    }

    @Test(
        "is answered with what to write instead, and changes nothing",
        arguments: [
            Row("demoo", "Did you mean demo?"), Row("stauts", "Did you mean status?"),
            Row("help nope", "There is no command nope"),
            Row("help tik", "Did you mean tick?"),
            Row("dead-letters redrvie", "Did you mean redrive?"),
            Row("demo --dys 3", "Did you mean '--days'?"),
            Row("demo --days -3", "from 1 to 366"), Row("demo --days 367", "from 1 to 366"),
            Row("demo --days many", "from 1 to 366"),
            Row("demo --organizations 0", "from 1 to 10,000"),
            Row("demo --users 0", "from 1 to 1,000,000"),
            Row("demo --parallel 65", "from 1 to 64"),
            Row("events --limit 0", "from 1 to"), Row("events --limit -5", "from 1 to"),
            Row("demo --last-day 2026-13-01", "a year has 12 months"),
            Row("demo --last-day 2100-01-01", "2100-01-01 is not over"),
            Row("demo --last-day today", "is not over"),
            Row("tick --from 2026-11-31", "November 2026 has 30 days"),
            Row("tick --to 2026-02-30", "February 2026 has 28 days"),
            Row("tick --from yesturday", "Did you mean yesterday?"),
            Row("tick --from 2026-1-2", "write 2026-01-02"),
            Row("tick --from yesterday --to 7d", "is after --to"),
            Row("status --through 2100-01-01", "is not over"),
            Row("demo --scenario outge", "Did you mean outage?"),
            Row("simulate --scenario plan", "Did you mean plain?"),
            Row("simulate --person nobody", "Use one of ola-owner, pat-plain, sam-stranger"),
            Row("simulate --port 70000", "a number from 0 to 65535"),
            Row("simulate --port 127.0.0.1", "an address goes to --host"),
            Row("run --port localhost:8080", "an address goes to --host"),
            Row("run --port -1", "a number from 0 to 65535"),
            Row("run --host 127.0.0.1:9000", "--host 127.0.0.1 --port 9000"),
            Row("run --host 9000", "--port 9000"),
            Row("run --host http://127.0.0.1", "write only the address"),
            Row("invoke onColectOrg --event -", "Did you mean onCollectOrg?"),
            Row("record full -- tick", "full is not empty"),
            Row("record new -- tik", "Did you mean tick?"),
            Row("demo --recorded /nope", "--recorded: /nope contains no"),
        ])
    func answered(row: Row) async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder)/full/inner", withIntermediateDirectories: true)
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, row.line.split(separator: " ").map(String.init),
                in: folder)
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains(row.answer), "\(outcome.errors)")
            #expect(outcome.output.isEmpty)
        }
    }

    @Test("says so if --env-file is empty, or was not named where there is one")
    func environmentFile() async throws {
        try await withTemporaryFolder { folder in
            let empty = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["tick", "--env-file", ""], in: folder)
            #expect(empty.status == 2 && empty.errors.contains("--env-file is empty"))
            try Data("GITHUB_APP_ID=1\n".utf8).write(to: URL(filePath: "\(folder)/.env"))
            let forgotten = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["tick"], in: folder)
            #expect(forgotten.status == 2)
            #expect(forgotten.errors.contains("add --env-file .env"), "\(forgotten.errors)")
        }
    }

    @Test(
        "breaks no word of an error on a terminal", arguments: [40, 60, 80, 120, 200])
    func width(columns: Int) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["demoo"], environment: ["COLUMNS": "\(columns)"],
                in: folder)
            let lines = outcome.errors.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
            #expect(lines.joined(separator: " ").contains("Did you mean demo? The commands are"))
        }
    }

    @Test(
        "prints tables that fit a terminal", arguments: [40, 60, 80, 120, 200])
    func tables(columns: Int) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.local, ["simulate", "--list"],
                environment: ["COLUMNS": "\(columns)"], in: folder)
            #expect(outcome.status == 0)
            let lines = outcome.output.split(separator: "\n")
            #expect(lines.allSatisfy { $0.count <= columns }, "\(lines)")
        }
    }
}
