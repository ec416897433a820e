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
