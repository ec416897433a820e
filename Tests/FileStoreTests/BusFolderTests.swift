import Domain
import DurableFiles
import Fakes
import FileBus
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

@Suite("The folder of a file bus", .timeLimit(.minutes(5)))
struct BusFolderTests {
    @Test("has one journal that a person can read")
    func layout() async throws {
        try await withTemporaryFolder { folder in
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            try await bus.publish([CloudEvent(id: "e", type: .tick, time: noon, data: .null)])
            try await bus.settle(
                #require(await bus.receive(1, lease: .seconds(60)).first), as: .done)
            let bytes = try #require(FileManager.default.contents(atPath: folder + "/journal"))
            let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            #expect(lines[0].hasPrefix("copilot-usage-bus-1 "))
            let kept = """
                {"id":"e","item":{"attempts":0,"due":"2026-11-21T12:00:00Z","event":{\
                "data":null,"datacontenttype":"application/json","id":"e",\
                "source":"copilot-usage","specversion":"1.0","time":"2026-11-21T12:00:00Z",\
                "type":"copilot-usage.tick"},"published":1}}
                """
            #expect(lines[1].dropFirst(17) == kept)
            #expect(lines[2].contains("\"due\":\"2026-11-21T12:01:00Z\""))
            #expect(lines[3].dropFirst(17) == "{\"id\":\"e\"}")
            #expect(lines.count == 4)
        }
    }

    @Test("reads the journal of a version that did not count publications")
    func uncounted() async throws {
        try await withTemporaryFolder { folder in
            let lines = ["b", "a"].map { id in
                let json = """
                    {"id":"\(id)","item":{"attempts":0,"due":"2026-11-21T12:00:00Z","event":{\
                    "data":null,"datacontenttype":"application/json","id":"\(id)",\
                    "source":"copilot-usage","specversion":"1.0","time":"2026-11-21T12:00:00Z",\
                    "type":"copilot-usage.tick"}}}
                    """
                return "\(checksum(Array(json.utf8))) \(json)\n"
            }
            let journal = "copilot-usage-bus-1 0123456789abcdef\n" + lines.joined()
            try Data(journal.utf8).write(to: URL(filePath: folder + "/journal"))
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            try await bus.publish(
                ["z", "y"].map { CloudEvent(id: $0, type: .tick, time: noon, data: .null) })
            let leased = try await bus.receive(10, lease: .seconds(60))
            #expect(leased.map(\.event.id) == ["a", "b", "z", "y"])
            for delivery in leased { try await bus.settle(delivery, as: .done) }
            #expect(try await bus.queued().isEmpty)
        }
    }

    @Test(
        "loses no event to a damaged first line, and notes it",
        arguments: ["\u{FEFF}copilot-usage-bus-1 0123456789abcdef", "", "cop", "\u{0}\u{0}"])
    func header(text: String) async throws {
        try await withTemporaryFolder { folder in
            let event = CloudEvent(id: "e", type: .tick, time: noon, data: .null)
            let journal = folder + "/journal"
            try await FileBus(folder: folder, clock: ManualClock(noon)).publish([event])
            let bytes = try #require(FileManager.default.contents(atPath: journal))
            let end = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
            try (Data(text.utf8) + bytes[end...]).write(to: URL(filePath: journal))

            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            #expect(try await bus.queued().map(\.event) == [event])
            #expect(try await bus.damage().isEmpty == text.isEmpty)
            try await bus.publish([CloudEvent(id: "f", type: .tick, time: noon, data: .null)])
            let other = try FileBus(folder: folder, clock: ManualClock(noon))
            #expect(try await other.queued().map(\.event.id) == ["e", "f"])
        }
    }

    @Test("goes on if its journal is cut to nothing, and says that events are lost")
    func emptied() async throws {
        try await withTemporaryFolder { folder in
            let event = CloudEvent(id: "e", type: .tick, time: noon, data: .null)
            try await FileBus(folder: folder, clock: ManualClock(noon)).publish([event])
            try Data().write(to: URL(filePath: folder + "/journal"))
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            #expect(try await bus.queued().isEmpty)
            #expect(try await bus.damage().first?.contains("cut off") == true)
            try await bus.publish([event])
            #expect(try await bus.queued().map(\.event) == [event])
        }
    }

    @Test("leaves alone a file that is no journal", arguments: ["", "my diary\n", "{}"])
    func otherFile(text: String) async throws {
        try await withTemporaryFolder { folder in
            try Data(text.utf8).write(to: URL(filePath: folder + "/journal"))
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            let failure = await #expect(throws: Failure.self) { _ = try await bus.queued() }
            #expect(failure?.code == .unreadableState)
            #expect(FileManager.default.contents(atPath: folder + "/journal") == Data(text.utf8))
        }
    }

    @Test("stores ten thousand events with one flush, and each lease and settlement with one write")
    func cost() async throws {
        try await withTemporaryFolder { folder in
            let disk = CrashPoint(after: .max)
            let bus = try FileBus(folder: folder, clock: ManualClock(noon), steps: disk.step)
            _ = try await bus.queued()
            let opened = disk.steps.count
            let ids = (0..<10_000).map { "event/\($0)" }
            try await bus.publish(
                ids.map { id in
                    CloudEvent(id: id, type: .collect, time: noon, data: .null)
                })
            #expect(disk.steps.dropFirst(opened) == [.write, .sync])

            var drained: [String] = []
            for _ in 0...1_000 {
                let leased = try await bus.receive(10, lease: .seconds(60))
                if leased.isEmpty { break }
                for delivery in leased { try await bus.settle(delivery, as: .done) }
                drained += leased.map(\.event.id)
            }
            #expect(drained.sorted() == ids.sorted())
            // The other flushes are those of rewritten journals: each is half as long as the one
            // before, and later there is one per thousand lines or so.
            let (writes, all) = (1 + 1_000 + 10_000, disk.steps.count - opened)
            #expect(all >= writes && all < writes + 100)
        }
    }
}

@Suite("A bus folder that a newer version wrote to", .timeLimit(.minutes(5)))
struct NewerBusTests {
    @Test("keeps events of a type that this version does not know, for the newer version")
    func unknownType() async throws {
        try await withTemporaryFolder { folder in
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            let event = CloudEvent(id: "known", type: .tick, time: noon, data: .null)
            try await bus.publish([event])
            let journal = folder + "/journal"
            let text = String(
                decoding: try #require(FileManager.default.contents(atPath: journal)),
                as: UTF8.self)
            let line = try #require(text.split(separator: "\n").last)
            let json = line.dropFirst(17).replacing("known", with: "newer")
                .replacing("copilot-usage.tick", with: "copilot-usage.digest")
            let newer = "\(checksum(Array(json.utf8))) \(json)\n"
            try Data((text + newer).utf8).write(to: URL(filePath: journal))

            let old = try FileBus(folder: folder, clock: ManualClock(noon))
            #expect(try await old.queued().map(\.event) == [event])
            #expect(!FileManager.default.fileExists(atPath: folder + "/corrupt"))
            // Enough to have the journal written anew.
            for round in 0..<700 {
                try await old.publish([
                    CloudEvent(id: "e\(round)", type: .tick, time: noon, data: .null)
                ])
                let leased = try await old.receive(2, lease: .seconds(60))
                for delivery in leased { try await old.settle(delivery, as: .done) }
            }
            let after = String(
                decoding: try #require(FileManager.default.contents(atPath: journal)),
                as: UTF8.self)
            #expect(after.split(separator: "\n").count < 1_200)
            #expect(after.contains(newer))
        }
    }
}
