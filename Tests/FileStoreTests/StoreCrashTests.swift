import Domain
import DurableFiles
import Fakes
import FileStore
import InMemory
import Ports
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private let noon = Timestamp(seconds: 1_795_262_400)
private let now = noon.advanced(by: .seconds(-1))

/// One operation of a sequence that is interrupted before each step of the disk.
private enum Change: Sendable {
    case put(String, UInt8, until: Timestamp? = nil)
    case remove(String)

    func make(on store: FileStore) async throws(Failure) {
        switch self {
        case .put(let text, let value, let expiry):
            try await store.put([value], for: key(text), if: .always, until: expiry)
        case .remove(let text): try await store.remove(key(text), if: .always)
        }
    }

    func make(on values: inout [String: UInt8]) {
        switch self {
        case .put(let text, let value, let expiry):
            values[text] = expiry.map { now < $0 } ?? true ? value : nil
        case .remove(let text): values[text] = nil
        }
    }

    private func key(_ text: String) throws(Failure) -> StoreKey {
        guard let key = StoreKey(text) else { throw Failure(.malformedEvent, "no key") }
        return key
    }
}

@Suite("A file store that is interrupted", .timeLimit(.minutes(5)))
struct StoreCrashTests {
    private static let story: [Change] = [
        .put("a", 1), .put("a/b/c", 2), .put("a", 3), .put("pending/w", 9, until: now),
        .put("pending/x", 4, until: noon),
        .remove("a/b/c"), .put("pending/y", 5, until: noon.advanced(by: .seconds(1))),
        .put("a/b/c", 6), .remove("a"), .remove("a"), .put("a", 7),
    ]

    @Test("is in the state before or after the interrupted change, at every step")
    func everyStep() async throws {
        let clock = ManualClock(now)
        var stepCount = 0
        var isOver = false
        while !isOver {
            try #require(stepCount < 200, "the story does not end")
            try await withTemporaryFolder { folder in
                let crash = CrashPoint(after: stepCount)
                var before: [String: UInt8] = [:]
                var after = before
                do throws(Failure) {
                    let store = try FileStore(
                        folder: folder + "/state", clock: clock, steps: crash.step)
                    for change in Self.story {
                        before = after
                        change.make(on: &after)
                        try await change.make(on: store)
                    }
                    before = after
                } catch {
                    #expect(crash.isPassed, "\(error)")
                }
                isOver = !crash.isPassed

                let store = try FileStore(folder: folder + "/state", clock: clock)
                let found = try await values(in: store)
                #expect(found == before || found == after, "after \(stepCount) steps")
                // The store can still be used.
                for change in Self.story {
                    try await change.make(on: store)
                    change.make(on: &after)
                }
                #expect(try await values(in: store) == after)
            }
            stepCount += 1
        }
        #expect(stepCount > 40, "the story hardly touched the disk")
    }

    private func values(in store: FileStore) async throws -> [String: UInt8] {
        var values: [String: UInt8] = [:]
        for key in try await store.allKeys(prefix: "") {
            values[key.description] = try await store.entry(for: key)?.value.first
        }
        return values
    }

    @Test("flushes a file before it is renamed, and its name afterwards")
    func orderOfSteps() async throws {
        try await withTemporaryFolder { folder in
            let disk = CrashPoint(after: .max)
            let store = try FileStore(folder: folder, clock: ManualClock(noon), steps: disk.step)
            let k = try #require(StoreKey("k"))
            let opened = disk.steps.count
            try await store.put([1], for: k, if: .absent)
            #expect(disk.steps.dropFirst(opened) == [.write, .sync, .rename, .sync])
            let put = disk.steps.count
            try await store.remove(k, if: .always)
            #expect(disk.steps.dropFirst(put) == [.remove, .sync])
        }
    }

    @Test("reports a truncated or changed file, and never returns another value")
    func damage() async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            let k = try #require(StoreKey("a/b"))
            let value = Array("{\"samples\":61}\nmore".utf8)
            let end = noon.advanced(by: .seconds(60))
            try await store.put(value, for: k, if: .absent, until: end)
            let path = folder + "/a/b.entry"
            let whole = try #require(FileManager.default.contents(atPath: path))

            for byteCount in 0..<whole.count {
                #expect(
                    FileManager.default.createFile(
                        atPath: path, contents: whole.prefix(byteCount)))
                await expectUnreadable(k, in: store, naming: path)
            }
            for index in whole.indices {
                for bit in [0, 5] {
                    var changed = whole
                    changed[index] ^= 1 << UInt8(bit)
                    #expect(FileManager.default.createFile(atPath: path, contents: changed))
                    await expectUnreadable(k, in: store, naming: path)
                    // An unreadable entry is not absent.
                    #expect(try await store.allKeys(prefix: "") == [k])
                }
            }
            // A conditional write must not replace an unreadable entry; an unconditional write may.
            for condition in [StoreCondition.absent, .version(StoreVersion(1))] {
                let failure = await #expect(throws: Failure.self) {
                    try await store.put([], for: k, if: condition)
                }
                #expect(failure?.code == .unreadableState)
            }
            try await store.put(value, for: k, if: .always)
            #expect(try await store.entry(for: k)?.value == value)
        }
    }

    @Test("does not read a moved file as another entry")
    func movedFile() async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            let (a, b) = try (#require(StoreKey("a")), #require(StoreKey("b")))
            try await store.put([1], for: a, if: .absent)
            try FileManager.default.moveItem(
                atPath: folder + "/a.entry", toPath: folder + "/b.entry")
            await expectUnreadable(b, in: store, naming: folder + "/b.entry")
            #expect(try await store.entry(for: a) == nil)
        }
    }

    private func expectUnreadable(
        _ key: StoreKey, in store: FileStore, naming path: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        let failure = await #expect(throws: Failure.self, sourceLocation: sourceLocation) {
            try await store.entry(for: key)
        }
        #expect(failure?.code == .unreadableState, sourceLocation: sourceLocation)
        #expect(failure?.message.contains(path) == true, sourceLocation: sourceLocation)
    }
}
