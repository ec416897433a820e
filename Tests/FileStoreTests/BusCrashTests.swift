import Domain
import DurableFiles
import Fakes
import FileBus
import InMemory
import Ports
import Synchronization
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

private let noon = Timestamp(seconds: 1_795_262_400)
private let lease = Duration.seconds(300)

private func event(_ id: String) -> CloudEvent {
    CloudEvent(id: id, type: .collect, time: noon, data: .string("data of \(id)"))
}

/// One operation of a sequence that is interrupted before each step of the disk.
private enum Change: Sendable {
    case publish([CloudEvent])
    case lend(Int, Duration)
    case lendAndSettle(Settlement)
    case redrive

    func make(on bus: any EventBus) async throws(Failure) {
        switch self {
        case .publish(let events): try await bus.publish(events)
        case .lend(let count, let lease): _ = try await bus.receive(count, lease: lease)
        case .lendAndSettle(let settlement):
            for delivery in try await bus.receive(1, lease: lease) {
                try await bus.settle(delivery, as: settlement)
            }
        case .redrive: try await bus.redrive(nil)
        }
    }
}

@Suite("A file bus that is interrupted", .timeLimit(.minutes(5)))
struct BusCrashTests {
    private static let crowd = (0..<100).map { event("crowd/\($0)") }
    private static let story: [Change] =
        [
            .publish([event("a"), event("b"), event("c"), event("d")]), .lendAndSettle(.done),
            .lendAndSettle(.dead(reason: "x")),
            .lendAndSettle(.retry(after: lease, reason: "y")),
            .lendAndSettle(.extend(lease: lease * 2)), .redrive, .publish(crowd),
        ]
        // Leases that end at once, until the journal is mostly history and is rewritten.
        + [Change](repeating: .lend(crowd.count, .zero), count: 15)
        + [.publish([event("e")]), .lendAndSettle(.done)]

    @Test("is in the state before or after the interrupted operation, at every step")
    func everyStep() async throws {
        var stepCount = 0
        var isOver = false
        while !isOver {
            try #require(stepCount < 200, "the story does not end")
            try await withTemporaryFolder { folder in
                let clock = ManualClock(noon)
                let crash = CrashPoint(after: stepCount)
                let model = Twin.Model(clock: clock)
                do throws(Failure) {
                    let bus = try FileBus(folder: folder, clock: clock, steps: crash.step)
                    for change in Self.story { try await change.make(on: Twin(of: bus, model)) }
                } catch {
                    #expect(crash.isPassed, "\(error)")
                }
                isOver = !crash.isPassed

                let bus = try FileBus(folder: folder, clock: clock)
                let found = try await bus.queued()
                let (before, after) = await model.aroundLast
                #expect(found == before || found == after, "after \(stepCount) steps")
                try await bus.publish([event("after")])
                #expect(try await bus.queued().contains { $0.event.id == "after" })
                if isOver {
                    #expect(crash.steps.count { $0 == .rename } == 2, "no journal written anew")
                }
            }
            stepCount += 1
        }
    }

    @Test("flushes published and redriven events, and nothing else")
    func flushing() async throws {
        try await withTemporaryFolder { folder in
            let disk = CrashPoint(after: .max)
            let bus = try FileBus(folder: folder, clock: ManualClock(noon), steps: disk.step)
            func steps(_ change: Change) async throws -> [DiskStep] {
                let before = disk.steps.count
                try await change.make(on: bus)
                return Array(disk.steps.dropFirst(before))
            }
            _ = try await bus.queued()
            #expect(try await steps(.publish([event("a"), event("b")])) == [.write, .sync])
            #expect(try await steps(.lendAndSettle(.dead(reason: "x"))) == [.write, .write])
            #expect(try await steps(.redrive) == [.write, .sync])
            #expect(try await steps(.lendAndSettle(.done)) == [.write, .write])
        }
    }

    @Test("writes everything again after a failed flush, because the disk may have dropped it")
    func failedFlush() async throws {
        try await withTemporaryFolder { folder in
            let steps = Mutex<[DiskStep]>([])
            let isBroken = Mutex(false)
            let clock = ManualClock(noon)
            let bus = try FileBus(folder: folder, clock: clock) { step throws(Failure) in
                steps.withLock { $0.append(step) }
                guard step == .sync, isBroken.withLock({ $0 }) else { return }
                throw Failure(.unavailable, "the disk is broken")
            }
            try await bus.publish([event("a")])
            isBroken.withLock { $0 = true }
            // The second flush, of the new journal, fails as well.
            for _ in 0..<2 {
                await #expect(throws: Failure(.unavailable, "the disk is broken")) {
                    try await bus.publish([event("b")])
                }
            }
            isBroken.withLock { $0 = false }
            steps.withLock { $0 = [] }
            try await bus.publish([event("b")])
            #expect(
                steps.withLock { $0 } == [.write, .sync, .rename, .sync, .write, .sync])
            steps.withLock { $0 = [] }
            try await bus.publish([event("c")])
            #expect(steps.withLock { $0 } == [.write, .sync])
            #expect(try await bus.queued().map(\.event.id) == ["a", "b", "c"])
        }
    }

    @Test("loses no complete line of a truncated journal, wherever it is truncated")
    func tornJournal() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/journal"
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            try await bus.publish([event("a"), event("b")])
            try await bus.settle(
                #require(await bus.receive(1, lease: lease).first), as: .dead(reason: "x"))
            let whole = try #require(FileManager.default.contents(atPath: path))
            let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }
            let idsByLines = [[], ["a"], ["a", "b"], ["b", "a"], ["b", "a"]]
            #expect(ends.count == idsByLines.count)

            for byteCount in 0...whole.count {
                #expect(
                    FileManager.default.createFile(
                        atPath: path, contents: whole.prefix(byteCount)))
                let lineCount = ends.count { $0 < byteCount }
                guard lineCount > 0 else {
                    // Without a header, the file `end` shows that it was a journal. No crash causes
                    // this, because the header is written before the file gets its name.
                    #expect(try await bus.queued().isEmpty)
                    #expect(try await !bus.damage().isEmpty)
                    continue
                }
                let ids = Set(idsByLines[lineCount - 1])
                let torn = try FileBus(folder: folder, clock: ManualClock(noon))
                #expect(try await Set(torn.queued().map(\.event.id)) == ids)
                // The next lines do not run into the rest of the truncated line, whether they are
                // longer or shorter.
                try await torn.publish([event("next")])
                #expect(try await Set(bus.queued().map(\.event.id)) == ids.union(["next"]))
                for delivery in try await bus.receive(9, lease: lease) {
                    try await bus.settle(delivery, as: .done)
                }
                let again = try FileBus(folder: folder, clock: ManualClock(noon))
                #expect(try await again.queued() == torn.queued())
            }
        }
    }

    @Test("reads a journal that another process rewrote")
    func anotherJournal() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/journal"
            let clock = ManualClock(noon)
            let (bus, again) = try (
                FileBus(folder: folder, clock: clock), FileBus(folder: folder, clock: clock)
            )
            try await bus.publish([event("a"), event("b")])
            var sizeMax = 0
            for number in 0..<600 {
                try await again.publish([event("later \(number)")])
                let leased = try await again.receive(1, lease: .zero)
                try await again.settle(#require(leased.first), as: .done)
                let attributes = try FileManager.default.attributesOfItem(atPath: path)
                sizeMax = max(sizeMax, try #require(attributes[.size] as? Int))
            }
            // Now the new journal is longer than the part of the old one that was read.
            #expect(try await bus.queued() == again.queued())
            #expect(!FileManager.default.fileExists(atPath: folder + "/corrupt"))
            // A thousand lines of history, not 1,800.
            #expect(sizeMax < 300_000)
        }
    }

    @Test("moves a damaged line aside and reads the others")
    func damagedLine() async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/journal"
            let clock = ManualClock(noon)
            let bus = try FileBus(folder: folder, clock: clock)
            try await bus.publish([event("a"), event("b"), event("c")])
            let whole = try #require(FileManager.default.contents(atPath: path))
            let lines = whole.split(separator: UInt8(ascii: "\n"))
            let second = lines[2]
            for index in second.indices {
                var changed = whole
                changed[index] ^= 1
                let torn = changed[second.startIndex..<second.endIndex]
                #expect(FileManager.default.createFile(atPath: path, contents: changed))
                let bus = try FileBus(folder: folder, clock: clock)
                #expect(try await bus.queued().map(\.event.id) == ["a", "c"])
                let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/corrupt")
                #expect(
                    names.contains { name in
                        FileManager.default.contents(atPath: "\(folder)/corrupt/\(name)") == torn
                    })
                // Only once: then the journal has no damaged line for any process.
                try FileManager.default.removeItem(atPath: folder + "/corrupt")
                let again = try FileBus(folder: folder, clock: clock)
                #expect(try await again.queued() == bus.queued())
                #expect(!FileManager.default.fileExists(atPath: folder + "/corrupt"))
            }
        }
    }

    @Test("refuses a file that is not a journal")
    func stranger() async throws {
        try await withTemporaryFolder { folder in
            let bus = try FileBus(folder: folder, clock: ManualClock(noon))
            let text = Data("diary\n2026-11-22: nothing happened again, all day long\n".utf8)
            #expect(FileManager.default.createFile(atPath: folder + "/journal", contents: text))
            let failure = await #expect(throws: Failure.self) {
                try await bus.publish([event("a")])
            }
            #expect(failure?.code == .unreadableState)
            #expect(FileManager.default.contents(atPath: folder + "/journal") == text)
        }
    }
}
