import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Pages of the documentation", .timeLimit(.minutes(3)))
struct PageTests {
    @Test("are found")
    func found() {
        #expect(Document.all.contains { $0.path == "README.md" })
        #expect(Document.all.contains { $0.path == "docs/metrics.md" })
    }

    @Test("link to files and headings that exist", arguments: Document.all)
    func links(document: Document) throws {
        for (line, link) in document.links
        where !link.contains("://") && !link.hasPrefix("mailto:") {
            let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
            let file = try #require(
                document.resolve(parts[0]), "line \(line): \(link) leads out of the repository")
            guard FileManager.default.fileExists(atPath: "\(Repository.root)/\(file)") else {
                Issue.record("line \(line): there is no \(file)")
                continue
            }
            guard parts.count == 2, file.hasSuffix(".md") else { continue }
            #expect(
                try Document(path: file).anchors.contains(String(parts[1])),
                "line \(line): \(file) has no #\(parts[1])")
        }
    }

    @Test("name no folder of the machine they were written on", arguments: Document.all)
    func machine(document: Document) {
        let usual = ["/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]
        let programs = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
            .map(String.init).filter { !usual.contains($0) }
        // The working copy, the folder that holds it unless every machine has that one, and where
        // programs were put by hand.
        let parent = Repository.root.split(separator: "/").dropLast().map { "/\($0)" }.joined()
        let common = ["", "/home", "/opt", "/root", "/srv", "/tmp", "/var/tmp"]
        let own = [Repository.root] + (common.contains(parent) ? [] : [parent])
        for folder in programs + own where !folder.isEmpty {
            for (index, line) in document.lines.enumerated() where line.text.contains(folder) {
                Issue.record("\(document.path):\(index + 1) names \(folder)")
            }
        }
    }

    @Test("begin with a README that is read in a few minutes")
    func readme() throws {
        let lines = try Document(path: "README.md").lines
        #expect(lines.count <= 150 + 1, "README.md has \(lines.count - 1) lines")
    }
}

@Suite("Generated pages", .timeLimit(.minutes(2)))
struct GeneratedPageTests {
    @Test("are current: run make docs if not", arguments: ["metrics.md", "configuration.md"])
    func reference(page: String) async throws {
        try await withTemporaryFolder { folder in
            let outcome = try await ChildProcess.outcome(of: BuiltProgram.local, ["docs", folder])
            try #require(outcome.status == 0, "\(outcome.errors)")
            let text = try String(contentsOfFile: "\(folder)/\(page)", encoding: .utf8)
            try compare(page, with: text)
        }
    }

    @Test(
        "show the targets of the package, and what was measured: run make docs if not",
        arguments: ["modules", "performance"])
    func printed(page: String) async throws {
        let outcome = try await ChildProcess.outcome(
            of: "\(Repository.root)/.build/python/bin/python", ["-B", "infra/docs/\(page).py"],
            in: Repository.root)
        try #require(outcome.status == 0, "\(outcome.errors)")
        try compare("\(page).md", with: outcome.output)
    }

    private func compare(_ page: String, with text: String) throws {
        let committed = String(decoding: try Repository.bytes("docs/\(page)"), as: UTF8.self)
        #expect(committed == text, "docs/\(page) is not current: run make docs and commit it")
    }
}
