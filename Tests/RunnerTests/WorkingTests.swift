import Domain
import Fakes
import FunctionInterface
import InMemory
import Lifecycle
import Ports
import Synchronization
import TestSupport
import Testing
import Worker

@Suite("A worker", .timeLimit(.minutes(5)))
struct WorkingTests {
    let clock = ManualClock(Timestamp(milliseconds: 0))
    let bus: MemoryBus
    let journal = Log<JournalEntry>()
    let stop = StopSign()

    init() { bus = MemoryBus(clock: clock) }

    private func event(_ id: String) -> CloudEvent {
        CloudEvent(
            id: id, type: .collect, time: Timestamp(milliseconds: 0), data: .string(id))
    }

    private func dispatcher(
        on bus: any EventQueue,
        _ handler:
            @escaping @Sendable (CloudEvent) async throws(Failure) -> Handled<FakeOutput>
    ) -> Dispatcher {
        Dispatcher(
            bus: bus, clock: clock, limits: Dispatcher.Limits(parallel: 2),
            logger: CountingWork.quiet,
            handler: { event in
                do throws(Failure) {
                    let handled = try await handler(event)
                    return Conclusion(
                        event.type.function, output: handled.output, changing: handled.changes)
                } catch {
                    return Conclusion(event.type.function, failure: error)
                }
            }, observer: journal.append)
    }

    @Test("takes up what comes while it is busy with something long, and ends when told to")
    func busy() async throws {
        let (begun, isReady) = AsyncStream.makeStream(of: Void.self)
        let (late, release) = AsyncStream.makeStream(of: Void.self)
        try await bus.publish([event("long")])
        let stop = stop
        let worker = dispatcher(on: bus) { event async throws(Failure) in
            if event.id == "long" {
                isReady.yield()
                for await _ in late { break }
            } else {
                // The long one is still in work, or nobody would ever release it.
                release.yield()
                stop.raise()
            }
            return Handled(FakeOutput())
        }
        async let worked: Void = worker.work(until: stop, pause: .milliseconds(1))
        for await _ in begun { break }
        try await bus.publish([event("short")])
        await worked
        #expect(journal.items.map(\.event).sorted() == ["long", "short"])
        #expect(journal.items.allSatisfy { $0.verdict == .done })
        #expect(try await bus.queued().isEmpty)
    }

    @Test("gives back what is not done in time, due at once, and takes nothing new")
    func grace() async throws {
        try await bus.publish([event("endless")])
        let stop = stop
        let worker = dispatcher(on: bus) { _ async throws(Failure) in
            stop.raise()
            do {
                try await Task.sleep(for: .seconds(3_600))
            } catch {
                throw Failure(.cancelled, "the caller gave up")
            }
            return Handled(FakeOutput())
        }
        await worker.work(until: stop, pause: .milliseconds(1), grace: .milliseconds(20))
        #expect(journal.items.map(\.verdict) == [.retry])
        let kept = try #require(try await bus.queued().first)
        #expect(kept.due == clock.now() && kept.attempts == 1)
        #expect(kept.reason == "the worker was stopped before it was done")
    }

    @Test("finishes what is begun when it is told to stop and is not in a hurry")
    func finishing() async throws {
        try await bus.publish([event("a"), event("b"), event("c")])
        let stop = stop
        let worker = dispatcher(on: bus) { _ async throws(Failure) in
            stop.raise()
            await Task.yield()
            return Handled(FakeOutput())
        }
        await worker.work(until: stop, pause: .milliseconds(1), grace: .seconds(60))
        #expect(journal.items.count == 2)
        #expect(try await bus.queued().map(\.event.id) == ["c"])
    }

    @Test("fails an event whose followers are not taken, and tries it again as scheduled")
    func followers() async throws {
        let output = FakeOutput(followUps: [event("next")])
        try await bus.publish([event("a")])
        // It receives, and the publishing fails.
        let failing = CrashingBus(bus, after: 1, for: 1)
        try await dispatcher(on: failing) { _ async throws(Failure) in Handled(output) }
            .drain()
        #expect(journal.items.map(\.verdict) == [.retry])
        #expect(journal.items.first?.failure?.code == .unavailable)
        let kept = try await bus.queued()
        #expect(kept.map(\.event.id) == ["a"])
        #expect(kept.first?.due == clock.now().advanced(by: RetrySchedule.delays[0]))
    }

    @Test("fails an event whose state was changed by somebody else, and tries it again")
    func outrun() async throws {
        let store = MemoryStore(clock: clock)
        let key = try #require(StoreKey("manifest/acme"))
        try await store.put([1], for: key, if: .absent)
        let changes = StateChanges([.put([2], for: key, if: .absent, until: nil)], in: store)
        let output = FakeOutput(followUps: [event("next")])
        try await bus.publish([event("a")])
        try await dispatcher(on: bus) { _ async throws(Failure) in
            Handled(output, changing: changes)
        }.drain()
        #expect(journal.items.map(\.verdict) == [.retry])
        #expect(journal.items.first?.failure?.code == .conflict)
        #expect(try await bus.queued().map(\.event.id) == ["a"])

        try await store.remove(key, if: .always)
        clock.advance(by: RetrySchedule.delays[0])
        try await dispatcher(on: bus) { event async throws(Failure) in
            event.id == "a"
                ? Handled(output, changing: changes) : Handled(FakeOutput())
        }.drain()
        #expect(journal.items.map(\.event) == ["a", "a", "next"])
        #expect(try await store.entry(for: key)?.value == [2])
    }
}
