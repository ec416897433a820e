import Domain
import FunctionInterface
import Ports
import Runner
import TestSupport
import Testing
import Toolbox
import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The journal", .timeLimit(.minutes(5)))
struct JournalTests {
    static let collect: CollectEvent = {
        guard let integration = IntegrationID("1-x"), let acme = OrganizationLogin("acme") else {
            preconditionFailure("both are well-formed")
        }
        return CollectEvent(
            integration: integration, installation: InstallationID(5), organization: acme,
            day: Day(number: 20_777))
    }()

    func entry(_ number: Int) -> JournalEntry {
        JournalEntry(
            time: Timestamp(seconds: Int64(number)), function: .onCollectOrg,
            event: "collect/\(number)", subject: "acme/2026-11-21", attempt: number,
            verdict: .retry,
            result: .day(
                Manifest(
                    event: Self.collect,
                    sources: [.users: SourceResult(.written, notes: ["two\nlines"])],
                    final: false, readAt: Timestamp(seconds: 5))),
            failure: FailureReport(Failure(.rateLimited, "slow down")).error,
            retryAt: Timestamp(seconds: 99), durationMilliseconds: 12)
    }

    @Test("returns appended entries, the newest last, after it is reopened")
    func roundTrip() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal.ndjson"
            try Journal(path: path).append(entry(1))
            let journal = try Journal(path: path)
            try journal.append(entry(2))
            try journal.append(entry(3))
            #expect(journal.entries(last: 10) == [entry(1), entry(2), entry(3)])
            #expect(journal.entries(last: 2) == [entry(2), entry(3)])
            #expect(journal.entries(last: 0).isEmpty)
        }
    }

    @Test("loses only the line that a crash cut off")
    func tornLine() async throws {
        try await withTemporaryFolder { folder in
            let whole = JSON.encode(entry(1)) + [UInt8(ascii: "\n")]
            for cut in 0...whole.count {
                let path = "\(folder)/\(cut).ndjson"
                try Data(whole + whole.prefix(cut)).write(to: URL(filePath: path))
                let journal = try Journal(path: path)
                try journal.append(entry(2))
                // A line that lacks only its line break is whole.
                let kept = cut >= whole.count - 1 ? [entry(1), entry(1)] : [entry(1)]
                #expect(journal.entries(last: 10) == kept + [entry(2)], "cut after \(cut) bytes")
            }
        }
    }

    @Test("does not mix the lines of two writers")
    func twoWriters() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal.ndjson"
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        guard let journal = try? Journal(path: path) else { return }
                        for line in 0..<50 { try? journal.append(entry(writer * 50 + line)) }
                    }
                }
            }
            let read = try Journal(path: path).entries(last: 1_000)
            #expect(Set(read.map(\.attempt)) == Set(0..<200))
            #expect(read.count == 200)
        }
    }

    @Test("reads only the end of a long file")
    func long() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal.ndjson"
            var large = entry(0)
            large.failure =
                FailureReport(
                    Failure(.unavailable, String(repeating: "x", count: 1 << 20))
                ).error
            let journal = try Journal(path: path)
            for _ in 0..<10 { try journal.append(large) }
            try journal.append(entry(7))
            let read = journal.entries(last: 1_000)
            #expect(read.last == entry(7))
            #expect(read.count == 8)
        }
    }

    @Test("keeps a full file as its predecessor, and reads both")
    func rotation() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal.ndjson"
            let line = JSON.encode(entry(10)).count + 1
            let journal = try Journal(path: path, byteCountMax: line * 4)
            for number in 10..<31 { try journal.append(entry(number)) }
            // The last of six files, and the one before it.
            #expect(journal.entries(last: 100) == (26..<31).map(entry))
            #expect(journal.entries(last: 3) == (28..<31).map(entry))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
                    == ["journal.ndjson", "journal.ndjson.1"])
            for name in ["journal.ndjson", "journal.ndjson.1"] {
                let file = try Data(contentsOf: URL(filePath: "\(folder)/\(name)"))
                #expect(file.count <= line * 4)
            }
        }
    }

    @Test("loses no line when several writers fill it at once")
    func rotatingWriters() async throws {
        try await withTemporaryFolder { folder in
            let path = "\(folder)/journal.ndjson"
            // Two files hold all lines, so the first one is replaced once and its successor never.
            let limit = (JSON.encode(entry(100)).count + 1) * 120
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        guard let journal = try? Journal(path: path, byteCountMax: limit) else {
                            return
                        }
                        for line in 0..<50 { try? journal.append(entry(100 + writer * 50 + line)) }
                    }
                }
            }
            let read = Journal.entries(at: path, last: 1_000)
            #expect(Set(read.map(\.attempt)) == Set(100..<300))
        }
    }

    @Test("names a file that it cannot write")
    func unwritable() {
        let failure = #expect(throws: Failure.self) {
            try Journal(path: "/nowhere/at/all/journal.ndjson")
        }
        #expect(failure?.code == .misconfigured)
        #expect(failure?.message.contains("/nowhere/at/all/journal.ndjson") == true)
    }
}
