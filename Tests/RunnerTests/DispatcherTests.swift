import Domain
import Fakes
import FunctionInterface
import InMemory
import Lifecycle
import Ports
import Runner
import Synchronization
import Testing
import Worker

@Suite("The dispatcher", .timeLimit(.minutes(5)))
struct DispatcherTests {
    let clock = ManualClock(Timestamp(milliseconds: 0))
    let bus: MemoryBus
    let journal = Log<JournalEntry>()

    init() { bus = MemoryBus(clock: clock) }

    func dispatcher(_ work: CountingWork, parallel: Int = 4) -> Dispatcher {
        Dispatcher(
            bus: bus, clock: clock, limits: Dispatcher.Limits(parallel: parallel),
            logger: CountingWork.quiet, handler: work.handle, observer: journal.append)
    }

    @Test("runs an event and all that follows from it, once, and leaves the bus empty")
    func fanOut() async throws {
        let work = CountingWork(units: 25)
        try await bus.publish([CountingWork.tick])
        try await dispatcher(work).drain()
        #expect(work.collected.count == 25)
        #expect(work.collected.values.allSatisfy { $0 == 1 })
        #expect(try await bus.queued().isEmpty)
        #expect(journal.items.count == 26)
        #expect(journal.items.first?.tick?.events == 25)
        #expect(journal.items.allSatisfy { $0.verdict == .done && $0.attempt == 1 })
    }

    @Test("works on as many events at once as it may", arguments: [1, 2, 4])
    func parallel(count: Int) async throws {
        let work = CountingWork(units: 24, meeting: count)
        try await bus.publish([CountingWork.tick])
        try await dispatcher(work, parallel: count).drain()
        #expect(work.inWorkMost == count)
    }

    @Test("lets ticks of the same integrations take turns, and events for the same day")
    func turns() async throws {
        let organization = try #require(OrganizationLogin("acme"))
        let events = try ["2026-11-20", "2026-11-21"].flatMap { day in
            try (0..<6).map { tick in
                CollectEvent(
                    integration: try #require(IntegrationID("1-x")),
                    installation: InstallationID(5),
                    organization: organization, day: try #require(Day(day))
                ).cloudEvent(organizationID: 1, time: Timestamp(seconds: tick * 86_400))
            }
        }
        let other = try #require(IntegrationID("2-x"))
        let ticks = (0..<3).flatMap { time in
            [[], [other]].map { CloudEvent.tick(at: Timestamp(seconds: time), integrations: $0) }
        }
        let running = Mutex<[String: Int]>([:])
        let most = Mutex<[String: Int]>([:])
        let dispatcher = Dispatcher(
            bus: bus, clock: clock, limits: Dispatcher.Limits(parallel: 18),
            logger: CountingWork.quiet,
            handler: { event in
                let day = event.data["day"]?.text ?? "tick \(event.namedIntegrations)"
                let count = running.withLock { running in
                    running[day, default: 0] += 1
                    return running[day] ?? 0
                }
                most.withLock { $0[day] = max($0[day] ?? 0, count) }
                for _ in 0..<100 { await Task.yield() }
                running.withLock { $0[day, default: 0] -= 1 }
                return await Conclusion.of(.onCollectOrg) { () throws(Failure) in FakeOutput() }
            }, observer: journal.append)
        try await bus.publish(events + ticks)
        try await dispatcher.drain()
        #expect(journal.items.count == 18)
        #expect(
            most.withLock { $0 } == [
                "2026-11-20": 1, "2026-11-21": 1, "tick []": 1, "tick [\"2-x\"]": 1,
            ])
    }

    @Test("tries again as the schedule says, then gives the event up")
    func deadLetter() async throws {
        let work = CountingWork(units: 1)
        work.failNext(Array(repeating: Failure(.unavailable, "GitHub is down"), count: 99))
        try await bus.publish([CountingWork.tick])
        try await dispatcher(work).drain(
            through: Timestamp(seconds: 30 * 86_400), on: bus, clock: clock, jump: clock.set)

        let attempts = journal.items.filter { $0.function == .onCollectOrg }
        #expect(attempts.map(\.attempt) == Array(1...7))
        #expect(attempts.map(\.verdict) == Array(repeating: .retry, count: 6) + [.dead])
        var expected = Timestamp(milliseconds: 0)
        for (attempt, delay) in zip(attempts, RetrySchedule.delays) {
            #expect(attempt.time == expected)
            expected = expected.advanced(by: delay)
            #expect(attempt.retryAt == expected)
        }
        #expect(attempts.last?.failure?.code == .unavailable)
        let dead = try #require(try await bus.queued().first)
        #expect(dead.due == nil && dead.reason == "unavailable: GitHub is down")

        work.recover()
        #expect(try await bus.redrive(nil) == 1)
        try await dispatcher(work).drain()
        #expect(work.collected == ["org0": 1])
        #expect(journal.items.last?.attempt == 1)
    }

    @Test("sends an event again whose result says that a part may succeed later, and keeps both")
    func unfinished() async throws {
        let answers = Log<Int>()
        let dispatcher = Dispatcher(
            bus: bus, clock: clock, logger: CountingWork.quiet,
            handler: { event in
                answers.append(answers.items.count)
                let wait = answers.items.count <= 2 ? 120 : nil
                return Conclusion(
                    event.type.function, output: FakeOutput(retryAfterSeconds: wait))
            }, observer: journal.append)
        try await bus.publish([CountingWork.tick])
        try await dispatcher.drain(
            through: Timestamp(seconds: 86_400), on: bus, clock: clock, jump: clock.set)
        #expect(journal.items.map(\.verdict) == [.retry, .retry, .done])
        // The longer of what the result asks for and what the schedule says.
        #expect(journal.items.map(\.time.seconds) == [0, 120, 420])
        #expect(journal.items.allSatisfy { $0.result != nil && $0.failure == nil })
        #expect(try await bus.queued().isEmpty)
    }

    @Test("does not repeat what a repetition cannot help")
    func hopeless() async throws {
        let work = CountingWork(units: 1)
        work.failNext([Failure(.malformedEvent, "day is missing")])
        try await bus.publish([CountingWork.tick])
        try await dispatcher(work).drain()
        #expect(journal.items.map(\.verdict) == [.done, .dead])
        #expect(try await bus.queued().map(\.due) == [nil])
    }

    @Test("does not jump past the horizon, and keeps what is due later")
    func horizon() async throws {
        let work = CountingWork(units: 1)
        work.failNext(Array(repeating: Failure(.unavailable, "down"), count: 3))
        try await bus.publish([CountingWork.tick])
        let horizon = Timestamp(seconds: 6 * 60)
        try await dispatcher(work).drain(through: horizon, on: bus, clock: clock, jump: clock.set)
        #expect(journal.items.filter { $0.function == .onCollectOrg }.count == 3)
        #expect(clock.now() == horizon)
        #expect(try await bus.queued().map(\.due) == [horizon.advanced(by: .seconds(900))])
    }

    @Test("takes nothing once it is asked to stop, and finishes what it has")
    func stop() async throws {
        let work = CountingWork(units: 50)
        let stop = StopSign()
        let journal = journal
        let dispatcher = Dispatcher(
            bus: bus, clock: clock, limits: Dispatcher.Limits(parallel: 3),
            logger: CountingWork.quiet, handler: work.handle
        ) { entry in
            journal.append(entry)
            if journal.items.count == 10 { stop.raise() }
        }
        try await bus.publish([CountingWork.tick])
        try await dispatcher.drain(until: stop)
        #expect(10...12 ~= journal.items.count)
        #expect(work.inWork == 0)
        #expect(try await bus.queued().count == 51 - journal.items.count)

        try await self.dispatcher(work).drain()
        #expect(work.collected.count == 50)
    }

    @Test("works until it is stopped, also after the bus failed")
    func worker() async throws {
        let work = CountingWork(units: 5)
        let stop = StopSign()
        let flaky = CrashingBus(bus, after: 0, for: 1)
        let journal = journal
        let dispatcher = Dispatcher(
            bus: flaky, clock: clock, time: PausingClock(), logger: CountingWork.quiet,
            handler: work.handle
        ) { entry in
            journal.append(entry)
            if journal.items.count == 6 { stop.raise() }
        }
        try await bus.publish([CountingWork.tick])
        await dispatcher.work(until: stop)
        #expect(work.collected.count == 5)
    }

    @Test("keeps an event that takes longer than its lease")
    func lease() async throws {
        let (clock, bus) = (clock, bus)
        let calls = Log<Timestamp>()
        let dispatcher = Dispatcher(
            bus: bus, clock: clock, time: PausingClock(),
            limits: Dispatcher.Limits(parallel: 2, lease: .seconds(60)),
            logger: CountingWork.quiet,
            handler: { event in
                await Conclusion.of(event.type.function) { () async throws(Failure) in
                    calls.append(clock.now())
                    // An hour passes in steps that leave time for the lease to be extended.
                    for minute in 1...60 {
                        for _ in 0..<100_000 {
                            let due = try await bus.queued().first?.due
                            if let due, due.since(clock.now()) >= .seconds(60) { break }
                            await Task.yield()
                        }
                        clock.set(Timestamp(seconds: Int64(minute) * 59))
                        guard try await bus.receive(1, lease: .seconds(1)).isEmpty else {
                            throw Failure(.conflict, "somebody else was lent the event")
                        }
                    }
                    return FakeOutput()
                }
            }, observer: journal.append)
        try await bus.publish([CountingWork.tick])
        try await dispatcher.drain()
        #expect(journal.items.map(\.verdict) == [.done])
        #expect(calls.items.count == 1)
        #expect(try await bus.queued().isEmpty)
    }

    @Test("says what the bus says when it cannot be asked")
    func brokenBus() async throws {
        let work = CountingWork(units: 1)
        let dispatcher = Dispatcher(
            bus: CrashingBus(bus, after: 0), clock: clock, logger: CountingWork.quiet,
            handler: work.handle, observer: journal.append)
        let failure = await #expect(throws: Failure.self) { try await dispatcher.drain() }
        #expect(failure?.code == .unavailable)
    }
}
