import Domain
import DurableFiles
import Fakes
import FileBus
import FileStore
import InMemory
import Ports
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private let noon = Timestamp(seconds: 1_795_262_400)

@Suite("The folder of a file store", .timeLimit(.minutes(5)))
struct StoreFolderTests {
    @Test("has a layout that a person can read")
    func layout() async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            let integration = try #require(IntegrationID("1001-copilot"))
            let day = try #require(Day("2026-11-21"))
            let key = StoreKey.manifest(integration, InstallationID(555), day)
            let version = try await store.put(
                Array("{\"final\":true}".utf8), for: key, if: .absent,
                until: noon.advanced(by: .seconds(1)))
            let file = folder + "/manifest/1001-copilot/555/2026-11-21.entry"
            let bytes = try #require(FileManager.default.contents(atPath: file))
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            let words = lines[0].split(separator: " ")
            #expect(words[0] == "copilot-usage-entry-1")
            #expect(UInt64(words[2], radix: 16) == version.rawValue)
            #expect(words[3...] == ["1795262401000", Substring(key.description)])
            #expect(lines[1...] == ["{\"final\":true}"])
        }
    }

    @Test("lists a folder, whatever lies beside it")
    func listing() async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            let long = String(repeating: "L", count: 150)
            for part in ["a", "", "A.b", long] {
                let keys = try ["1", "2"].map { try #require(StoreKey("x/\(part)/\($0)")) }
                for key in keys { try await store.put([], for: key, if: .absent) }
            }
            try "".write(toFile: "\(folder)/x/notes.txt", atomically: true, encoding: .utf8)
            for part in ["a", "", "A.b", long] {
                let keys = try ["1", "2"].map { try #require(StoreKey("x/\(part)/\($0)")) }
                #expect(try await store.allKeys(prefix: "x/\(part)/") == keys)
                #expect(try await store.allKeys(prefix: "x/\(part)/2") == keys.suffix(1))
                #expect(
                    try await store.keys(prefix: "x/\(part)/", after: keys[0], limit: 1)
                        == keys.suffix(1))
            }
            #expect(try await store.allKeys(prefix: "x/a/1/").isEmpty)
            #expect(try await store.allKeys(prefix: "x/").count == 8)
        }
    }

    @Test("encodes keys for file systems that ignore case, and for people")
    func spelling() async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            for text in ["org", "Org", "org/a_b-1", "a//..", "50%+"] {
                try await store.put([], for: #require(StoreKey(text)), if: .absent)
            }
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
            #expect(
                Set(names).subtracting([".lock"]) == [
                    "org.entry", "%4frg.entry", "org", "org/a_b-1.entry", "a", "a/%",
                    "a/%/%2e%2e.entry", "50%25%2b.entry",
                ])
        }
    }

    @Test("is readable and writable only for its owner")
    func modes() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock(noon)
            let store = try FileStore(folder: folder + "/a/state", clock: clock)
            try await store.put([1], for: #require(StoreKey("b/c")), if: .always)
            let bus = try FileBus(folder: folder + "/a/bus", clock: clock)
            try await bus.publish([
                CloudEvent(id: "e", type: .tick, time: noon, data: .null)
            ])
            var modes: [String: Int] = [:]
            let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
            for name in names {
                let attributes = try FileManager.default.attributesOfItem(
                    atPath: "\(folder)/\(name)")
                let mode = try #require(attributes[.posixPermissions] as? Int)
                modes[name] = mode
            }
            #expect(
                modes == [
                    "a": 0o700, "a/state": 0o700, "a/state/.lock": 0o600, "a/state/b": 0o700,
                    "a/state/b/c.entry": 0o600, "a/bus": 0o700, "a/bus/.lock": 0o600,
                    "a/bus/end": 0o600, "a/bus/journal": 0o600,
                ])
        }
    }

    @Test(
        "reports which folder cannot be written to, and what to do",
        arguments: ["file", "file/below", "/proc/copilot-usage"])
    func unwritable(name: String) async throws {
        try await withTemporaryFolder { folder in
            #expect(FileManager.default.createFile(atPath: folder + "/file", contents: nil))
            let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
            let clock = ManualClock(noon)
            let failures = [
                #expect(throws: Failure.self) { try FileStore(folder: path, clock: clock) },
                #expect(throws: Failure.self) { try FileBus(folder: path, clock: clock) },
            ]
            for failure in failures {
                let failure = try #require(failure)
                #expect([.misconfigured, .unavailable].contains(failure.code))
                #expect(failure.message.contains(path))
            }
            let failure = #expect(throws: Failure.self) {
                try FileStore(folder: folder + "/file", clock: ManualClock(noon))
            }
            #expect(failure?.code == .misconfigured)
            #expect(failure?.message.hasSuffix("Set STATE_STORE to another folder.") == true)
        }
    }

    @Test(
        "reports what to do about an error of the system",
        arguments: [
            (EACCES, Failure.Code.misconfigured, "Let this user write there"),
            (EROFS, .misconfigured, "set STATE_STORE to another folder"),
            (ENOTDIR, .misconfigured, "Set STATE_STORE to another folder"),
            (ENOSPC, .unavailable, "Free space on that disk"), (EIO, .unavailable, "/state/x"),
            (EMFILE, .unavailable, "ulimit -n"), (ENFILE, .unavailable, "LimitNOFILE"),
        ])
    func refusal(errno: Int32, code: Failure.Code, words: String) {
        let failure = Failure(errno: errno, "write", "/state/x", setBy: "STATE_STORE")
        #expect(failure.code == code)
        #expect(failure.message.hasPrefix("cannot write /state/x: "))
        #expect(failure.message.contains(words))
    }

    @Test(
        "passes over a file that does not belong to the store, and names it",
        arguments: [
            "notes", "notes.txt", "Notes.entry", "%zz.entry", "%41.entry.entry", ".entry",
            "k.entry.bak", "k.entry~", "a/k2", "a/copy of k.entry", "lost+found",
        ])
    func stranger(name: String) async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            let keys = try ["a/k", "b/k"].map { try #require(StoreKey($0)) }
            for key in keys { try await store.put([1], for: key, if: .always) }
            #expect(FileManager.default.createFile(atPath: "\(folder)/\(name)", contents: nil))
            #expect(try await store.allKeys(prefix: "") == keys)
            #expect(try await store.allKeys(prefix: "a/") == [keys[0]])
            // Hidden files belong to other tools, and one folder to the file system.
            let isKnown = name.hasPrefix(".") || name == "lost+found"
            let strangers = try await store.strangers()
            #expect(strangers == (isKnown ? [] : ["\(folder)/\(name)"]), "\(strangers)")
        }
    }

    @Test("does not fill up with expired entries")
    func sweeping() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock(noon)
            let store = try FileStore(folder: folder, clock: clock)
            var filesMax = 0
            for round in 0..<200 {
                try await store.put(
                    [1], for: #require(StoreKey("pending/\(round)")), if: .absent,
                    until: clock.now().advanced(by: .seconds(10)))
                clock.advance(by: .seconds(1))
                let files = try FileManager.default.contentsOfDirectory(
                    atPath: folder + "/pending")
                filesMax = max(filesMax, files.count)
            }
            // Ten entries live at once, and a sweep follows after as many puts.
            #expect(filesMax <= 22)
        }
    }

    @Test("needs as many steps for the last of many entries as for the second")
    func cost() async throws {
        try await withTemporaryFolder { folder in
            let disk = CrashPoint(after: .max)
            let store = try FileStore(folder: folder, clock: ManualClock(noon), steps: disk.step)
            try await store.put([0], for: #require(StoreKey("many/x")), if: .absent)
            let first = disk.steps.count
            for number in 0..<500 {
                try await store.put([1], for: #require(StoreKey("many/\(number)")), if: .absent)
            }
            #expect(disk.steps.count - first == 500 * 4)
        }
    }
}
