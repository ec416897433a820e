import Domain
import FunctionInterface
import Ports
import Runner
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A recording", .timeLimit(.minutes(5)))
struct RecordingTests {
    let work: RecordedWork

    init() throws { work = try #require(RecordedWork()) }

    /// Records one run of `work` into `folder`.
    func record(_ work: RecordedWork, in folder: String) async throws -> Result<[UInt8], Failure> {
        let scrubber = Scrubber(hashing: PlainHashing())
        scrubber.learn(RecordedWork.clientSecret, as: "GITHUB_APP_CLIENT_SECRET")
        let recorder = Recorder(
            into: try RecordingFolder(
                newAt: folder, settings: ["LOOKBACK_DAYS": "3"], scrubber: scrubber))
        let ports = try await work.ports()
        let conclusion = await recorder.run(
            .onCollectOrg, on: RecordedWork.event, ports: ports
        ) { await work.conclude($0) }
        return conclusion.failure.map { .failure($0) } ?? .success(conclusion.document)
    }

    func replay(_ folder: String, _ work: RecordedWork) async throws -> [Player.Difference] {
        let (about, runs) = try RecordingFolder.read(folder)
        #expect(about.settings == ["LOOKBACK_DAYS": "3"])
        #expect(runs.map(\.name) == ["0001-onCollectOrg"])
        let run = try #require(runs.first?.run)
        // What plays a recording is set up with the stand-ins of the settings' secrets.
        var work = work
        work.clientSecret = "GITHUB_APP_CLIENT_SECRET"
        return await Player.play(run) { [work] ports, _ in await work.conclude(ports) }
    }

    @Test("does not change the result")
    func transparent() async throws {
        try await withTemporaryFolder { folder in
            let ports = try await work.ports()
            let plain = try await work.run(ports)
            #expect(try await record(work, in: folder).get() == plain)
        }
    }

    @Test("is replayed to the byte, without the original ports")
    func roundTrip() async throws {
        try await withTemporaryFolder { folder in
            _ = try await record(work, in: folder).get()
            #expect(try await replay(folder, work) == [])
        }
    }

    @Test("names a difference in the samples about the collector")
    func collectorSamples() async throws {
        try await withTemporaryFolder { folder in
            _ = try await record(work, in: folder).get()
            var other = work
            other.collectorSamples = 8
            #expect(
                try await replay(folder, other).map(\.what)
                    == ["samples of the collector at 2025-03-02T06:00:00.148Z copilot"])
        }
    }

    @Test("is replayed if it is of a version without samples about the collector")
    func olderRecording() async throws {
        try await withTemporaryFolder { folder in
            var older = work
            older.collectorSamples = nil
            _ = try await record(older, in: folder).get()
            #expect(try await replay(folder, work) == [])
        }
    }

    @Test("is replayed when the run failed")
    func failure() async throws {
        var broken = work
        broken.isBroken = true
        try await withTemporaryFolder { folder in
            let result = try await record(broken, in: folder)
            #expect(throws: Failure.self) { try result.get() }
            #expect(try await replay(folder, broken) == [])
        }
    }

    @Test("contains no secret, in any file or form")
    func secrets() async throws {
        try await withTemporaryFolder { folder in
            _ = try await record(work, in: folder).get()
            for file in try files(of: folder) {
                let text = String(decoding: try bytes(file), as: UTF8.self)
                for secret in RecordedWork.secrets + ["the-state-of-the-person"] {
                    #expect(!text.contains(secret), "\(file) holds \(secret)")
                }
            }
            // Data stay: the stand-ins are for secrets only.
            let all = try files(of: folder).map { String(decoding: try bytes($0), as: UTF8.self) }
            #expect(all.contains { $0.contains("mona@example.com") })
        }
    }

    @Test("names the difference when a response was edited")
    func tampered() async throws {
        try await withTemporaryFolder { folder in
            _ = try await record(work, in: folder).get()
            try edit(folder) { $0.replacing(#"mona\"#, with: #"hubot\"#) }
            let differences = try await replay(folder, work)
            #expect(
                differences.map(\.what) == [
                    "result", "samples of acme/2026-11-21/users-1-day copilot",
                ])
            let result = try #require(differences.first)
            #expect(result.was.contains(#""bytes":"62""#))
            #expect(result.now.contains(#""bytes":"63""#))
        }
    }

    @Test("names a request that was not recorded, and one that was not repeated")
    func unmatched() async throws {
        try await withTemporaryFolder { folder in
            _ = try await record(work, in: folder).get()
            try edit(folder) {
                $0.replacing("report?day=2026-11-21", with: "report?day=2026-11-20")
            }
            let differences = try await replay(folder, work)
            let asked = "GET https://api.example/report?day=2026-11-21"
            let left = "GET https://api.example/report?day=2026-11-20"
            #expect(differences.contains { $0.what == asked && $0.was == "not recorded" })
            #expect(differences.contains { $0.what == left && $0.now == "not requested" })
            #expect(differences.first?.what == "result")
        }
    }

    @Test("detects another value under a key")
    func store() async throws {
        try await withTemporaryFolder { folder in
            _ = try await record(work, in: folder).get()
            try edit(folder) { $0.replacing("if version", with: "always, not version") }
            let differences = try await replay(folder, work)
            #expect(differences.map(\.what) == ["store put credentials/1001-copilot, terms"])
        }
    }

    @Test("puts large bodies and binary data into separate files")
    func bodies() async throws {
        var large = work
        large.report = String(repeating: "x", count: 5_000)
        try await withTemporaryFolder { folder in
            _ = try await record(large, in: folder).get()
            let body = "\(folder)/bodies/0001-onCollectOrg-1"
            #expect(try bytes(body).count == 5_000)
            #expect(try await replay(folder, large) == [])

            try Data("short".utf8).write(to: URL(filePath: body))
            #expect(try await replay(folder, large).first?.what == "result")
            try FileManager.default.removeItem(atPath: body)
            let failure = #expect(throws: Failure.self) { try RecordingFolder.read(folder) }
            #expect(failure?.code == .unreadableState)
            #expect(failure?.message.contains(body) == true)
        }
    }

    @Test("does not overwrite another, and reports a missing one")
    func folders() async throws {
        try await withTemporaryFolder { folder in
            let missing = #expect(throws: Failure.self) { try RecordingFolder.read(folder) }
            #expect(missing?.message.contains("recording.json") == true)
            _ = try await record(work, in: folder).get()
            let failure = await #expect(throws: Failure.self) {
                _ = try await record(work, in: folder)
            }
            #expect(failure?.code == .misconfigured)
        }
    }

    private func edit(_ folder: String, _ change: (String) -> String) throws {
        let file = "\(folder)/0001-onCollectOrg.json"
        let text = String(decoding: try bytes(file), as: UTF8.self)
        let changed = change(text)
        #expect(changed != text)
        try Data(changed.utf8).write(to: URL(filePath: file))
    }

    private func bytes(_ file: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: URL(filePath: file)))
    }

    private func files(of folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder).map { "\(folder)/\($0)" }
            .filter { path in
                var isFolder = false
                return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
                    && !isFolder
            }
    }
}
