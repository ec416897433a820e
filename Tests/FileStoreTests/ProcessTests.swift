import Domain
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

private let noon = Timestamp(seconds: 1_795_262_400)

/// Repeats tests of two instances with separate processes.
@Suite("Processes that share a folder", .timeLimit(.minutes(5)))
struct ProcessTests {
    @Test("lose nothing that was stored when they are killed", arguments: [20, 33, 46, 59])
    func killing(stepCount: Int) async throws {
        try await withTemporaryFolder { folder in
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [folder = folder as String, stepCount = stepCount as Int] in
                let clock = ManualClock(noon)
                let crash = CrashPoint(after: stepCount)
                let store = try FileStore(
                    folder: folder + "/state", clock: clock,
                    steps: { step throws(Failure) in
                        do { try crash.step(step) } catch { raise(SIGKILL) }
                    })
                let bus = try FileBus(folder: folder + "/bus", clock: clock)
                // The process is killed long before it reaches this number.
                for number in 0..<1_000 {
                    let name = "n/\(number)"
                    try await bus.publish([
                        CloudEvent(id: name, type: .collect, time: noon, data: .null)
                    ])
                    let key = try #require(StoreKey(name))
                    try await store.put(Array(name.utf8), for: key, if: .absent)
                }
            }
            let clock = ManualClock(noon)
            let store = try FileStore(folder: folder + "/state", clock: clock)
            let events = try await FileBus(folder: folder + "/bus", clock: clock).queued()
            let keys = try await store.allKeys(prefix: "")
            #expect(keys.count >= 3)
            for key in keys {
                #expect(try await store.entry(for: key)?.value == Array(key.description.utf8))
            }
            // Each event was published before its entry was put.
            #expect(keys.count <= events.count && events.count <= keys.count + 1)
            // The lock ended with the process that held it.
            try await store.put([], for: #require(StoreKey("after")), if: .absent)
        }
    }

    @Test("count together and lose no update and no event")
    func counting() async throws {
        try await withTemporaryFolder { folder in
            let clock = ManualClock(noon)
            let store = try FileStore(folder: folder + "/state", clock: clock)
            let bus = try FileBus(folder: folder + "/bus", clock: clock)
            let counter = try #require(StoreKey("counter"))
            try await store.put([0], for: counter, if: .absent)
            try await bus.publish(
                (0..<60).map { number in
                    CloudEvent(id: "\(number)", type: .collect, time: noon, data: .null)
                })
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask { await Self.countInAnotherProcess(folder) }
                }
            }
            #expect(try await store.entry(for: counter)?.value == [60])
            #expect(try await bus.queued() == [])
        }
    }

    private static func countInAnotherProcess(_ folder: String) async {
        await #expect(processExitsWith: .success) { [folder = folder as String] in
            let clock = ManualClock(noon)
            let store = try FileStore(folder: folder + "/state", clock: clock)
            let bus = try FileBus(folder: folder + "/bus", clock: clock)
            let counter = try #require(StoreKey("counter"))
            for _ in 0...60 {
                guard let delivery = try await bus.receive(1, lease: .seconds(60)).first else {
                    return
                }
                for _ in 0...60 {
                    let entry = try await store.entry(for: counter)
                    let count = try #require(entry?.value.first)
                    let condition = StoreCondition(unchangedSince: entry)
                    do throws(Failure) {
                        try await store.put([count + 1], for: counter, if: condition)
                        break
                    } catch {
                        try #require(error.code == .conflict)
                    }
                }
                try await bus.settle(delivery, as: .done)
            }
        }
    }
}
