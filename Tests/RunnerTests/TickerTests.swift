import Domain
import Fakes
import InMemory
import Lifecycle
import Ports
import Runner
import Testing
import Worker

@Suite("The ticker", .timeLimit(.minutes(5)))
struct TickerTests {
    let clock = ManualClock(Timestamp(seconds: 0))
    let store: MemoryStore
    let bus: MemoryBus
    let first = Day(number: 20_000)

    init() {
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
    }

    var ticker: Ticker { Ticker(DailySchedule(), bus: bus, store: store) }

    func ticks() async throws -> [String] { try await bus.queued().map(\.event.id) }

    @Test("sends one tick per day, at its time")
    func daily() async throws {
        for minute in stride(from: 0, to: 3 * 1_440, by: 10) {
            try await ticker.sendDue(
                at: Timestamp(startOf: first).advanced(by: .seconds(minute * 60)))
        }
        let expected = (-1...2).map { "tick/\(DailySchedule().moment(on: first.advanced(by: $0)))" }
        #expect(try await ticks().sorted() == expected)
    }

    @Test("replaces missed ticks with the newest one", arguments: [1, 2, 40, 4_000])
    func missed(days: Int) async throws {
        try await ticker.sendDue(at: DailySchedule().moment(on: first))
        let later = DailySchedule().moment(on: first.advanced(by: days)).advanced(
            by: .seconds(3_600))
        try await ticker.sendDue(at: later)
        try await ticker.sendDue(at: later)
        let expected = [first, first.advanced(by: days)].map {
            "tick/\(DailySchedule().moment(on: $0))"
        }
        #expect(try await ticks().sorted() == expected)
    }

    @Test("repeats a tick that was not recorded, with the same id")
    func crash() async throws {
        let moment = DailySchedule().moment(on: first)
        let failing = Ticker(DailySchedule(), bus: CrashingBus(bus, after: 0), store: store)
        await #expect(throws: Failure.self) { try await failing.sendDue(at: moment) }
        try await ticker.sendDue(at: moment)
        #expect(try await ticks() == ["tick/\(moment)"])
    }

    @Test("derives the id of a tick from everything it asks for")
    func names() throws {
        let moment = DailySchedule().moment(on: first)
        let acme = try #require(OrganizationLogin("acme"))
        let zoo = try #require(OrganizationLogin("zoo"))
        let plain = CloudEvent.tick(at: moment)
        #expect(plain.data == .object(["time": .string("2024-10-04T06:00:00Z")]))
        let one = CloudEvent.tick(at: moment, from: first, to: first, organizations: [zoo, acme])
        let other = CloudEvent.tick(at: moment, from: first, to: first, organizations: [acme, zoo])
        #expect(one == other)
        #expect(one.id == "tick/2024-10-04T06:00:00Z/2024-10-04/2024-10-04/acme/zoo")
        #expect(one.data["organizations"] == .array([.string("acme"), .string("zoo")]))
        #expect(Set([plain.id, one.id, CloudEvent.tick(at: moment, to: first).id]).count == 3)
    }

    @Test("stops when it is told to, and continues after a failure")
    func runs() async throws {
        clock.set(DailySchedule().moment(on: first))
        let stop = StopSign()
        let flaky = CrashingBus(bus, after: 0, for: 2)
        let time = ManualTime(moving: clock)
        let ticker = Ticker(DailySchedule(), bus: flaky, store: store)
        let (clock, bus) = (clock, bus)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await ticker.run(until: stop, clock: clock, time: time, logger: CountingWork.quiet)
            }
            for _ in 0..<1_000_000 {
                if let queued = try? await bus.queued(), queued.count >= 2 { break }
                await Task.yield()
            }
            stop.raise()
        }
        #expect(try await ticks().count >= 2)
        #expect(time.sleeps.allSatisfy { $0 <= .seconds(30) })
    }
}
