import Domain
import Fakes
import InMemory
import Ports
import Runner
import Synchronization
import Testing
import Worker

/// A bus that fails from one call on: what the process that uses it would have seen had it died.
final class CrashingBus: EventBus {
    private let bus: any EventBus
    private let left: Mutex<(calls: Int, failures: Int)>

    /// Lets `calls` calls through, fails the next `failures`, and then is well again.
    init(_ bus: any EventBus, after calls: Int, for failures: Int = .max) {
        self.bus = bus
        left = Mutex((calls, failures))
    }

    var hasCrashed: Bool { left.withLock { $0.calls < 0 } }

    private func step() throws(Failure) {
        let isDown = left.withLock { left in
            left.calls -= 1
            guard left.calls < 0, left.failures > 0 else { return false }
            left.failures -= 1
            return true
        }
        if isDown { throw Failure(.unavailable, "the bus is gone") }
    }

    func publish(_ events: [CloudEvent]) async throws(Failure) {
        try step()
        // A crash in the middle: a part of the events is there.
        if left.withLock({ $0.calls }) == 0, events.count > 1 {
            try await bus.publish(Array(events.prefix(events.count / 2)))
            throw Failure(.unavailable, "the bus is gone")
        }
        try await bus.publish(events)
    }

    func receive(_ countMax: Int, lease: Duration) async throws(Failure) -> [EventDelivery] {
        try step()
        return try await bus.receive(countMax, lease: lease)
    }

    func settle(_ delivery: EventDelivery, as settlement: Settlement) async throws(Failure) {
        try step()
        try await bus.settle(delivery, as: settlement)
    }

    func queued() async throws(Failure) -> [QueuedEvent] {
        try step()
        return try await bus.queued()
    }

    func redrive(_ ids: Set<String>?) async throws(Failure) -> Int {
        try step()
        return try await bus.redrive(ids)
    }
}

/// A clock for pacing whose sleeps only let other tasks run.
struct PausingClock: Clock {
    typealias Instant = ContinuousClock.Instant

    var now: Instant { ContinuousClock.now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        await Task.yield()
    }
}

@Suite("A day whose worker crashes", .timeLimit(.minutes(5)))
struct CrashTests {
    @Test("is completed by a restart, wherever the crash was", arguments: [1, 4])
    func restart(parallel: Int) async throws {
        var crashes = 0
        // A day of eight events is some thirty calls of the bus; one past the last is a day
        // without a crash, and ends the loop.
        for calls in 0..<100 {
            let clock = ManualClock(Timestamp(milliseconds: 0))
            let bus = MemoryBus(clock: clock)
            let work = CountingWork(units: 7)
            try await bus.publish([CountingWork.tick])
            func run(on bus: any EventBus) async throws {
                try await Dispatcher(
                    bus: bus, clock: clock,
                    limits: Dispatcher.Limits(parallel: parallel, lease: .seconds(60)),
                    logger: CountingWork.quiet, handler: work.handle, observer: { _ in }
                ).drain(through: Timestamp(seconds: 86_400), on: bus, clock: clock, jump: clock.set)
            }

            let crashing = CrashingBus(bus, after: calls)
            try? await run(on: crashing)
            guard crashing.hasCrashed else { break }
            crashes += 1

            try await run(on: bus)
            #expect(Set(work.collected.keys) == Set(work.units))
            #expect(try await bus.queued().isEmpty, "died after \(calls) calls")
        }
        #expect(16..<100 ~= crashes)
    }
}
