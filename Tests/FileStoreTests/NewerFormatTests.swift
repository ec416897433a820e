import Domain
import Fakes
import FileBus
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

@Suite("A file of a newer version", .timeLimit(.minutes(1)))
struct NewerFormatTests {
    private func event(_ id: String) -> CloudEvent {
        CloudEvent(id: id, type: .tick, time: noon, data: .null)
    }

    /// Raises the version in a file's first line.
    private func raise(_ path: String, _ format: String) throws -> Data {
        let text = String(
            decoding: try #require(FileManager.default.contents(atPath: path)), as: UTF8.self)
        let data = Data(text.replacing("\(format)1 ", with: "\(format)2 ").utf8)
        try data.write(to: URL(filePath: path))
        return data
    }

    @Test("of an entry is neither read nor replaced nor removed")
    func entry() async throws {
        try await withTemporaryFolder { folder in
            let store = try FileStore(folder: folder, clock: ManualClock(noon))
            let key = try #require(StoreKey("a/b"))
            try await store.put([1], for: key, if: .always)
            let data = try raise("\(folder)/a/b.entry", "copilot-usage-entry-")
            let attempts: [@Sendable () async throws -> Void] = [
                { _ = try await store.entry(for: key) },
                { try await store.put([2], for: key, if: .always) },
                { try await store.put([2], for: key, if: .absent) },
                { try await store.remove(key, if: .always) },
            ]
            for attempt in attempts {
                let failure = await #expect(throws: Failure.self) { try await attempt() }
                #expect(failure?.code == .newerFormat)
                #expect(failure?.message.contains("a/b.entry has format version 2") == true)
            }
            #expect(FileManager.default.contents(atPath: "\(folder)/a/b.entry") == data)
            #expect(try await store.allKeys(prefix: "") == [key])
        }
    }

    @Test("of a bus is refused, and stays")
    func journal() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock(noon)
            try await FileBus(folder: folder, clock: clock).publish([event("a")])
            let data = try raise("\(folder)/journal", "copilot-usage-bus-")
            let bus = try FileBus(folder: folder, clock: clock)
            let failure = await #expect(throws: Failure.self) {
                try await bus.publish([event("b")])
            }
            #expect(failure?.code == .newerFormat)
            #expect(failure?.message.contains("journal has format version 2") == true)
            #expect(FileManager.default.contents(atPath: "\(folder)/journal") == data)
        }
    }

    @Test("is not taken for a journal that lost its end, which is told wherever it is cut")
    func cut() async throws {
        try await withTemporaryFolder { folder in
            let (clock, path) = (ManualClock(noon), "\(folder)/journal")
            try await FileBus(folder: folder, clock: clock).publish([event("a"), event("b")])
            let whole = try #require(FileManager.default.contents(atPath: path))
            let end = try #require(FileManager.default.contents(atPath: "\(folder)/end"))
            #expect(try await FileBus(folder: folder, clock: clock).damage().isEmpty)
            for count in stride(from: 37, to: whole.count, by: 7) {
                try whole.prefix(count).write(to: URL(filePath: path))
                try end.write(to: URL(filePath: "\(folder)/end"))
                let bus = try FileBus(folder: folder, clock: clock)
                let damage = try await bus.damage()
                #expect(damage.count == 1, "\(count)")
                #expect(damage.first?.contains("a journal that was cut off") == true)
                #expect(damage.first?.contains("\(folder)/corrupt") == true)
                // It goes on, and tells it until somebody has looked.
                try await bus.publish([event("c")])
                #expect(try await FileBus(folder: folder, clock: clock).damage() == damage)
                try FileManager.default.removeItem(atPath: "\(folder)/corrupt")
                #expect(try await FileBus(folder: folder, clock: clock).damage().isEmpty)
            }
        }
    }

    @Test("is told from a line that a killed process did not finish")
    func torn() async throws {
        try await withTemporaryFolder { folder in
            let (clock, path) = (ManualClock(noon), "\(folder)/journal")
            try await FileBus(folder: folder, clock: clock).publish([event("a")])
            var data = try #require(FileManager.default.contents(atPath: path))
            data += Data("0123456789abcdef {\"id\":".utf8)
            try data.write(to: URL(filePath: path))
            let bus = try FileBus(folder: folder, clock: clock)
            #expect(try await bus.queued().map(\.event.id) == ["a"])
            #expect(try await bus.damage().isEmpty)
        }
    }
}
