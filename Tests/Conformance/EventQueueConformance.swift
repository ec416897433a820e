import Domain
import Fakes
import InMemory
import Ports
import TestSupport
import Testing

/// What every queue does.
@Suite("An event queue", .besideMoto, .timeLimit(.minutes(5)))
struct EventQueueConformance {
    @Test("delivers an event as it was published", arguments: QueueAdapter.allCases)
    func roundTrip(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            let data = JSONValue.object([
                "": .null, "text": .string("ä\u{0}\n\"\\/ 🧭 e\u{301}"), "yes": .bool(true),
                "integer": .integer(.max), "number": .number(-0.1),
                "list": .array([.integer(.min), .object([:]), .array([])]),
            ])
            var tick = event("tick/2026-11-22", data: data)
            tick.type = .tick
            tick.subject = nil
            tick.source = "elsewhere"
            tick.time = noon.advanced(by: .milliseconds(1))
            try await bench.queue.publish([tick])
            let delivery = try await bench.again.receiveOne()
            #expect(delivery.event == tick)
            #expect(delivery.attempt == 1)
        }
    }

    @Test("delivers nothing when nothing is due", arguments: QueueAdapter.allCases)
    func emptiness(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            #expect(try await bench.queue.receiveAll() == [])
            try await bench.queue.publish([])
            #expect(try await bench.queue.receiveAll() == [])
            #expect(try await bench.dead() == [])
        }
    }

    @Test(
        "delivers at most the requested number of events, and all in the end",
        arguments: QueueAdapter.allCases)
    func countMax(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a", "b", "c", "d"))
            #expect(try await bench.queue.receivedIDs(0) == [])
            let first = try await bench.queue.receivedIDs(1)
            #expect(first.count == 1)
            let next = try await bench.queue.receivedIDs(2)
            #expect(1...2 ~= next.count)
            let rest = try await bench.queue.receiveAll().map(\.event.id)
            #expect((first + next + rest).sorted() == ["a", "b", "c", "d"])
        }
    }

    @Test(
        "removes an event that is done, and queues it again when it is published again",
        arguments: QueueAdapter.allCases)
    func done(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a"))
            try await bench.queue.settle(bench.queue.receiveOne(), as: .done)
            try await bench.pass(lease * 2)
            #expect(try await bench.again.receiveAll() == [])
            try await bench.queue.publish(events("a"))
            #expect(try await bench.queue.receiveOne().attempt == 1)
        }
    }

    @Test(
        "delivers a leased event to no other receiver until the lease ends",
        arguments: QueueAdapter.allCases)
    func leaseEnd(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a"))
            let first = try await bench.queue.receiveOne()
            try await bench.pass(lease - .seconds(1))
            #expect(try await bench.again.receiveAll() == [])
            try await bench.pass(.seconds(1))
            let second = try await bench.again.receiveOne()
            #expect(second.event == first.event)
            #expect(second.attempt == 2)
            #expect(second.receipt != first.receipt)
        }
    }

    @Test("extends a lease from now on, any number of times", arguments: QueueAdapter.allCases)
    func extending(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a"))
            let delivery = try await bench.queue.receiveOne()
            for _ in 0..<3 {
                try await bench.pass(lease - .seconds(2))
                try await bench.queue.settle(delivery, as: .extend(lease: lease))
            }
            try await bench.pass(lease - .seconds(2))
            #expect(try await bench.again.receiveAll() == [])
            try await bench.queue.settle(delivery, as: .done)
            try await bench.pass(lease * 2)
            #expect(try await bench.again.receiveAll() == [])
        }
    }

    @Test("delivers an event again after the wait", arguments: QueueAdapter.allCases)
    func retrying(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a"))
            for attempt in 1...3 {
                let delivery = try await bench.queue.receiveOne()
                #expect(delivery.attempt == attempt)
                let retry = Settlement.retry(after: .seconds(60), reason: "no. \(attempt)")
                try await bench.queue.settle(delivery, as: retry)
                try await bench.pass(.seconds(58))
                #expect(try await bench.again.receiveAll() == [])
                try await bench.pass(.seconds(2))
            }
            #expect(try await bench.dead() == [])
        }
    }

    @Test("keeps dead letters separately, each with its reason", arguments: QueueAdapter.allCases)
    func deadLetters(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a", "b", "c"))
            for delivery in try await bench.queue.receiveAll() where delivery.event.id != "b" {
                try await bench.queue.settle(delivery, as: .dead(reason: "of \(delivery.event.id)"))
            }
            try await bench.pass(lease * 2)
            #expect(try await bench.again.receiveAll().map(\.event.id) == ["b"])
            let dead = try await bench.dead().sorted { $0.event.id < $1.event.id }
            #expect(dead.map(\.event) == events("a", "c"))
            #expect(dead.map(\.reason) == ["of a", "of c"])
            #expect(dead.map(\.attempts) == [1, 1])
        }
    }

    @Test("queues a dead letter again when it is published again", arguments: QueueAdapter.allCases)
    func publishAfterDeath(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            try await bench.queue.publish(events("a"))
            try await bench.queue.settle(bench.queue.receiveOne(), as: .dead(reason: "gone"))
            let anew = event("a", data: .string("anew"))
            try await bench.queue.publish([anew])
            let delivery = try await bench.queue.receiveOne()
            #expect(delivery.event == anew)
            #expect(delivery.attempt == 1)
        }
    }

    @Test(
        "accepts events that exceed the size of a request together",
        arguments: QueueAdapter.allCases)
    func large(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            // Fifteen events of 180 KB exceed the limits of one request of every service, in count
            // and bytes.
            let text = JSONValue.string(String(repeating: "ä", count: 90_000))
            let published = (10..<25).map { event("large/\($0)", data: text) }
            try await bench.queue.publish(published)
            let leased = try await bench.again.receiveAll().map(\.event)
            #expect(leased.sorted { $0.id < $1.id } == published)
        }
    }

    @Test(
        "stores state with follow-up events, or delivers the event again",
        arguments: QueueAdapter.allCases)
    func conclusion(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            let store = MemoryStore(clock: ManualClock(noon))
            let key = try #require(StoreKey("manifest/acme"))
            let changes = StateChanges(
                [
                    .put([1], for: key, if: .absent, until: nil),
                    .update(key, until: nil) { ($0 ?? []) + [2] },
                ], in: store)
            try await bench.queue.publish(events("a"))
            let first = try await bench.queue.receiveOne()
            try await bench.queue.settle(
                first, as: .done, publishing: events("b"), keeping: changes)
            #expect(try await store.entry(for: key)?.value == [1, 2])

            let second = try await bench.queue.receiveOne()
            #expect(second.event.id == "b")
            // The first change fails: the entry exists.
            let failure = await #expect(throws: Failure.self) {
                try await bench.queue.settle(
                    second, as: .done, publishing: events("c"), keeping: changes)
            }
            #expect(failure?.code == .conflict)
            try await bench.pass(lease)
            #expect(try await bench.queue.receiveAll().map(\.event.id) == ["b"])
            #expect(try await store.entry(for: key)?.value == [1, 2])
        }
    }

    @Test("never delivers one event to two of many receivers", arguments: QueueAdapter.allCases)
    func concurrentReceivers(adapter: QueueAdapter) async throws {
        try await adapter.withQueue { bench in
            let ids = (0..<300).map { "event/\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (half, queue) in [(ids[..<150], bench.queue), (ids[150...], bench.again)] {
                    group.addTask { try await queue.publish(half.map { event($0) }) }
                }
                try await group.waitForAll()
            }
            let leased = try await withThrowingTaskGroup(of: [String].self) { group in
                for receiver in 0..<16 {
                    let queue = receiver % 2 == 0 ? bench.queue : bench.again
                    group.addTask {
                        var leased: [String] = []
                        for _ in 0...ids.count {
                            let deliveries = try await queue.receive(7, lease: lease)
                            for delivery in deliveries {
                                try await queue.settle(delivery, as: .done)
                            }
                            leased += deliveries.map(\.event.id)
                            if deliveries.isEmpty { break }
                        }
                        return leased
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(leased.sorted() == ids.sorted())
            try await bench.pass(lease * 2)
            #expect(try await bench.queue.receiveAll() == [])
        }
    }
}
