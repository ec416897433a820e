import Domain
import Fakes
import InMemory
import Ports
import TestSupport
import Testing

/// What a bus does in addition to a queue.
@Suite("An event bus", .timeLimit(.minutes(5)))
struct EventBusConformance {
    @Test("lists no events when it is empty", arguments: BusAdapter.allCases)
    func emptiness(adapter: BusAdapter) async throws {
        try await adapter.withBus { bus in
            #expect(try await bus.receivedIDs() == [])
            #expect(try await bus.queued() == [])
            try await bus.publish([])
            #expect(try await bus.queued() == [])
            #expect(try await bus.redrive(nil) == 0)
        }
    }

    @Test("queues an event once, however often it is published", arguments: BusAdapter.allCases)
    func idempotence(adapter: BusAdapter) async throws {
        try await adapter.withBus { bus in
            try await bus.publish(events("a", "a", "b"))
            try await bus.publish([event("a", data: .string("another"))])
            #expect(try await bus.queued().map(\.event) == events("a", "b"))
            let leased = try await bus.receiveOne()
            try await bus.publish(events("a"))
            #expect(try await bus.receivedIDs() == ["b"])
            try await bus.settle(leased, as: .retry(after: .seconds(60), reason: "later"))
            try await bus.publish(events("a"))
            #expect(try await bus.receivedIDs() == [])
        }
    }

    @Test("queues a dead letter again when it is published again", arguments: BusAdapter.allCases)
    func publishAfterDeath(adapter: BusAdapter) async throws {
        try await adapter.withBus { bus in
            try await bus.publish(events("a"))
            try await bus.settle(bus.receiveOne(), as: .dead(reason: "gone"))
            let anew = event("a", data: .string("anew"))
            try await bus.publish([anew])
            #expect(
                try await bus.queued()
                    == [QueuedEvent(event: anew, attempts: 0, due: noon, reason: nil)])
            let delivery = try await bus.receiveOne()
            #expect(delivery.event == anew)
            #expect(delivery.attempt == 1)
        }
    }

    @Test(
        "delivers the oldest due event first, and those due at once in the order of publishing",
        arguments: BusAdapter.allCases)
    func order(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBus(clock: clock) { bus in
            try await bus.publish(events("m", "z", "k"))
            clock.advance(by: .seconds(1))
            try await bus.publish(events("b", "a"))
            // Time may go back. Then an event that was published later is due earlier.
            clock.set(noon.advanced(by: .seconds(-1)))
            try await bus.publish(events("y"))
            clock.set(noon.advanced(by: .seconds(2)))
            let order = ["y", "m", "z", "k", "b", "a"]
            #expect(try await bus.queued().map(\.event.id) == order)
            #expect(try await bus.receivedIDs() == order)
        }
    }

    @Test(
        "keeps the order of publishing across instances, retries, dead letters and leases",
        arguments: BusAdapter.allCases)
    func lastingOrder(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBuses(clock: clock) { bus, again in
            try await bus.publish(events("d", "c"))
            try await again.publish(events("b", "c", "e"))
            try await bus.publish(events("a"))
            #expect(try await again.receivedIDs() == ["d", "c", "b", "e", "a"])
            // All leases expire at once.
            clock.advance(by: lease)
            let leased = try await bus.receive(10, lease: lease)
            #expect(leased.map(\.event.id) == ["d", "c", "b", "e", "a"])
            for delivery in leased.reversed() {
                let settlement: Settlement =
                    switch delivery.event.id {
                    case "a", "b": .dead(reason: "r")
                    case "e": .done
                    default: .retry(after: .zero, reason: "r")
                    }
                try await bus.settle(delivery, as: settlement)
            }
            #expect(try await again.queued().map(\.event.id) == ["d", "c", "b", "a"])
            try await again.redrive(["a"])
            // "b" was a dead letter and "e" was done, so both are queued as new publications.
            try await again.publish(events("e", "b"))
            #expect(try await bus.receivedIDs() == ["d", "c", "a", "e", "b"])
        }
    }

    @Test("delivers at most the requested number of events", arguments: BusAdapter.allCases)
    func countMax(adapter: BusAdapter) async throws {
        try await adapter.withBus { bus in
            try await bus.publish(events("a", "b", "c", "d"))
            #expect(try await bus.receivedIDs(0) == [])
            #expect(try await bus.receivedIDs(1) == ["a"])
            #expect(try await bus.receivedIDs(2) == ["b", "c"])
            #expect(try await bus.receivedIDs(10) == ["d"])
        }
    }

    @Test(
        "refuses a receipt that is not that of the last lease", arguments: BusAdapter.allCases,
        [
            Settlement.done, .retry(after: .zero, reason: "r"), .dead(reason: "r"),
            .extend(lease: lease),
        ])
    func staleReceipt(adapter: BusAdapter, settlement: Settlement) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBus(clock: clock) { bus in
            try await bus.publish(events("a"))
            let first = try await bus.receiveOne()
            clock.advance(by: lease)
            let second = try await bus.receiveOne()
            let before = try await bus.queued()
            await expectFailure(.conflict) { try await bus.settle(first, as: settlement) }
            #expect(try await bus.queued() == before)
            try await bus.settle(second, as: .done)
            // Nor after the event is removed, with either receipt.
            await expectFailure(.conflict) { try await bus.settle(first, as: settlement) }
            await expectFailure(.conflict) { try await bus.settle(second, as: settlement) }
            #expect(try await bus.queued() == [])
        }
    }

    @Test(
        "accepts a late settlement if no other receiver got the event",
        arguments: BusAdapter.allCases)
    func lateSettlement(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBus(clock: clock) { bus in
            try await bus.publish(events("a"))
            let delivery = try await bus.receiveOne()
            clock.advance(by: lease * 2)
            try await bus.settle(delivery, as: .done)
            #expect(try await bus.receivedIDs() == [])
        }
    }

    @Test("extends a lease from now on, any number of times", arguments: BusAdapter.allCases)
    func extending(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBus(clock: clock) { bus in
            try await bus.publish(events("a"))
            let delivery = try await bus.receiveOne()
            for _ in 0..<3 {
                clock.advance(by: lease - .seconds(1))
                try await bus.settle(delivery, as: .extend(lease: lease))
            }
            clock.advance(by: lease - .milliseconds(1))
            #expect(try await bus.receivedIDs() == [])
            try await bus.settle(delivery, as: .done)
            #expect(try await bus.queued() == [])
        }
    }

    @Test(
        "delivers an event again after the wait, and keeps the reason",
        arguments: BusAdapter.allCases)
    func retrying(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBus(clock: clock) { bus in
            try await bus.publish(events("a"))
            for attempt in 1...3 {
                let delivery = try await bus.receiveOne()
                #expect(delivery.attempt == attempt)
                let retry = Settlement.retry(after: .seconds(60), reason: "no. \(attempt)")
                try await bus.settle(delivery, as: retry)
                await expectFailure(.conflict) { try await bus.settle(delivery, as: .done) }
                let due = clock.now().advanced(by: .seconds(60))
                #expect(
                    try await bus.queued() == [
                        QueuedEvent(
                            event: event("a"), attempts: attempt, due: due,
                            reason: "no. \(attempt)")
                    ])
                clock.set(due.advanced(by: .milliseconds(-1)))
                #expect(try await bus.receivedIDs() == [])
                clock.set(due)
            }
        }
    }

    @Test("keeps the dead until they are driven again", arguments: BusAdapter.allCases)
    func deadLetters(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBuses(clock: clock) { bus, again in
            try await bus.publish(events("c", "a", "b", "live"))
            for delivery in try await bus.receive(3, lease: lease) {
                try await bus.settle(delivery, as: .dead(reason: "of \(delivery.event.id)"))
            }
            clock.advance(by: lease * 100)
            #expect(try await again.receivedIDs() == ["live"])
            let dead = try await again.queued().filter { $0.due == nil }
            #expect(dead.map(\.event.id) == ["c", "a", "b"])
            #expect(dead.map(\.reason) == ["of c", "of a", "of b"])
            #expect(dead.map(\.attempts) == [1, 1, 1])

            #expect(try await again.redrive(["b", "live", "never"]) == 1)
            let delivery = try await bus.receiveOne()
            #expect(delivery.event == event("b"))
            #expect(delivery.attempt == 1)
            #expect(try await bus.redrive(nil) == 2)
            #expect(try await bus.redrive(nil) == 0)
            #expect(try await bus.receivedIDs() == ["c", "a"])
        }
    }

    @Test(
        "makes a named event due that waits for a retry, and leaves others",
        arguments: BusAdapter.allCases)
    func waiting(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBuses(clock: clock) { bus, again in
            try await bus.publish(events("a", "b", "c", "new"))
            let leased = try await bus.receive(3, lease: lease)
            for delivery in leased.prefix(2) {
                try await bus.settle(
                    delivery, as: .retry(after: .seconds(600), reason: "no disk"))
            }
            #expect(try await again.redrive(nil) == 0)
            #expect(try await again.redrive(["a", "c", "new", "never"]) == 1)
            // It is published earlier than the one that was never tried.
            let delivery = try await bus.receiveOne()
            #expect(delivery.event == event("a"))
            #expect(delivery.attempt == 1)
            #expect(try await bus.receivedIDs() == ["new"])
            // What is leased for another try is left to who has it.
            #expect(try await again.redrive(["a", "c"]) == 0)
            try await bus.settle(leased[2], as: .done)
        }
    }

    @Test(
        "lists pending events, oldest due first, then dead letters", arguments: BusAdapter.allCases)
    func listing(adapter: BusAdapter) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBus(clock: clock) { bus in
            try await bus.publish(events("a", "b", "c", "d"))
            let leased = try await bus.receive(3, lease: lease)
            try await bus.settle(leased[0], as: .dead(reason: "x"))
            try await bus.settle(leased[1], as: .retry(after: .seconds(600), reason: "y"))
            #expect(
                try await bus.queued() == [
                    QueuedEvent(event: event("d"), attempts: 0, due: noon, reason: nil),
                    QueuedEvent(
                        event: event("c"), attempts: 1, due: noon.advanced(by: lease), reason: nil),
                    QueuedEvent(
                        event: event("b"), attempts: 1, due: noon.advanced(by: .seconds(600)),
                        reason: "y"),
                    QueuedEvent(event: event("a"), attempts: 1, due: nil, reason: "x"),
                ])
        }
    }

    @Test(
        "queues an event once that two publishers publish at once", arguments: BusAdapter.allCases)
    func concurrentPublishers(adapter: BusAdapter) async throws {
        try await adapter.withBuses(clock: ManualClock(noon)) { bus, again in
            let ids = (100..<400).reversed().map { "event/\($0)" }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (part, bus) in [(ids.prefix(200), bus), (ids.suffix(200), again)] {
                    group.addTask { try await bus.publish(part.map { event($0) }) }
                }
                try await group.waitForAll()
            }
            let received = try await bus.receivedIDs(1_000)
            #expect(received.sorted() == ids.sorted())
            // Each publisher's events are in order, except those that the other one published
            // first.
            for part in [ids.prefix(100), ids.suffix(100)] {
                #expect(received.filter(part.contains) == Array(part))
            }
        }
    }

    @Test(
        "behaves like the bus in memory, step by step",
        arguments: BusAdapter.allCases.filter { $0 != .memory }, [1, 2, 3, 4, 5] as [UInt64])
    func modelCheck(adapter: BusAdapter, seed: UInt64) async throws {
        let clock = ManualClock(noon)
        try await adapter.withBuses(clock: clock) { bus, again in
            let model = MemoryBus(clock: clock)
            var generator = SeededGenerator(seed: seed)
            // The same deliveries, from each of the two buses.
            var deliveries: [(model: EventDelivery, bus: EventDelivery)] = []
            for step in 0..<400 {
                let bus = Bool.random(using: &generator) ? bus : again
                switch Int.random(in: 0..<10, using: &generator) {
                case 0...1:
                    let published = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                        event(
                            "e\(Int.random(in: 0..<12, using: &generator))",
                            data: .integer(Int64(step)))
                    }
                    try await model.publish(published)
                    try await bus.publish(published)
                case 2...4:
                    let count = Int.random(in: 0...3, using: &generator)
                    let lease = Duration.seconds(Int.random(in: 0...30, using: &generator))
                    let expected = try await model.receive(count, lease: lease)
                    let found = try await bus.receive(count, lease: lease)
                    #expect(found.map(\.event) == expected.map(\.event), "step \(step)")
                    #expect(found.map(\.attempt) == expected.map(\.attempt), "step \(step)")
                    deliveries += zip(expected, found).map { (model: $0, bus: $1) }
                case 5...7:
                    guard let delivery = deliveries.suffix(8).randomElement(using: &generator)
                    else { break }
                    let wait = Duration.seconds(Int.random(in: 0...30, using: &generator))
                    let settlement: Settlement =
                        switch Int.random(in: 0..<4, using: &generator) {
                        case 0: .done
                        case 1: .retry(after: wait, reason: "step \(step)")
                        case 2: .dead(reason: "step \(step)")
                        default: .extend(lease: wait)
                        }
                    let expected = await failure { () throws(Failure) in
                        try await model.settle(delivery.model, as: settlement)
                    }
                    let found = await failure { () throws(Failure) in
                        try await bus.settle(delivery.bus, as: settlement)
                    }
                    #expect(found?.code == expected?.code, "step \(step)")
                case 8:
                    let ids: Set<String>? = Bool.random(using: &generator) ? nil : ["e1", "e5"]
                    #expect(try await bus.redrive(ids) == model.redrive(ids), "step \(step)")
                default: clock.advance(by: .seconds(Int.random(in: 0...20, using: &generator)))
                }
                #expect(try await bus.queued() == model.queued(), "step \(step)")
            }
            #expect(deliveries.count > 50, "the walk received hardly any events")
        }
    }
}

private func failure(_ body: () async throws(Failure) -> Void) async -> Failure? {
    do throws(Failure) {
        try await body()
        return nil
    } catch { return error }
}
