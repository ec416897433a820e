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

@Suite("Blocks of the documentation", .timeLimit(.minutes(3)))
struct BlockTests {
    @Test("are marked with a language that is checked here or needs no check")
    func languages() {
        let known = [
            "dotenv", "ini", "json", "mermaid", "promql", "sh", "sql", "swift", "text", "yaml",
        ]
        for block in Document.all.flatMap(\.blocks) where !known.contains(block.language) {
            Issue.record("\(block.testDescription) is marked \"\(block.language)\"")
        }
    }

    @Test("of sh have the syntax of a shell", arguments: Block.all(in: "sh"))
    func shell(block: Block) async throws {
        let outcome = try await ChildProcess.outcome(of: "bash", ["-n"], input: block.text)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test("of sh call commands with options that exist", arguments: Block.all(in: "sh"))
    func commands(block: Block) async throws {
        let commands = try await CommandReference.shared.value
        for call in ShellCall.all(in: block.text) {
            for problem in try await commands.problems(of: call) { Issue.record("\(problem)") }
        }
    }

    @Test("of sql run on the schema of infra/postgres", arguments: Block.all(in: "sql"))
    func sql(block: Block) async throws {
        let schema = String(
            decoding: try Repository.bytes("infra/postgres/schema.sql"), as: UTF8.self)
        try await SharedPostgres.withDatabase { _, sql in
            _ = try await sql(schema)
            await #expect(throws: Never.self) { try await sql("BEGIN;\n\(block.text)\nROLLBACK;") }
        }
    }

    @Test("of promql are what Prometheus can parse", arguments: Block.all(in: "promql"))
    func promql(block: Block) async throws {
        try await withTemporaryFolder { folder in
            let rule: JSONValue = .object(["record": .string("docs"), "expr": .string(block.text)])
            let group: JSONValue = .object(["name": .string("docs"), "rules": .array([rule])])
            // JSON is YAML too.
            try Data(JSON.encode(["groups": [group]])).write(
                to: URL(filePath: "\(folder)/rules.yaml"))
            let outcome = try await ChildProcess.outcome(
                of: "promtool", ["check", "rules", "\(folder)/rules.yaml"])
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        }
    }

    @Test(
        "name metrics of the catalogue",
        arguments: Block.all(in: "promql") + Block.all(in: "text"))
    func metrics(block: Block) {
        for match in block.text.matches(of: #/github_copilot_[a-z0-9_]*[a-z0-9]/#) {
            #expect(Catalogue.byName[String(match.output)] != nil, "\(match.output)")
        }
    }

    @Test("of json are JSON", arguments: Block.all(in: "json"))
    func json(block: Block) throws {
        _ = try JSONDecoder().decode(JSONValue.self, from: Data(block.text.utf8))
    }

    @Test("of yaml are YAML", arguments: Block.all(in: "yaml"))
    func yaml(block: Block) async throws {
        let outcome = try await ChildProcess.outcome(
            of: "\(Repository.root)/.build/python/bin/python",
            ["-c", "import sys, yaml; list(yaml.safe_load_all(sys.stdin))"], input: block.text)
        #expect(outcome.status == 0, "\(outcome.errors)")
    }

    @Test("of dotenv set variables that exist", arguments: Block.all(in: "dotenv"))
    func dotenv(block: Block) throws {
        let variables = try EnvironmentFile.variables(in: block.text, of: block.document)
        for name in variables.keys {
            #expect(Variable(rawValue: name) != nil, "\(name) is not a variable")
        }
    }

    @Test("and code in sentences call commands that exist", arguments: Document.all)
    func spans(document: Document) async throws {
        let commands = try await CommandReference.shared.value
        for (line, text) in document.codeSpans
        // What is in brackets or left out is a synopsis.
        where !text.contains("[") && !text.contains("…") && !text.contains("...") {
            for call in ShellCall.all(in: text) {
                for problem in try await commands.problems(of: call) {
                    Issue.record("\(document.path):\(line) \(problem)")
                }
            }
        }
    }
}
