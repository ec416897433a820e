import Domain
import Fakes
import InMemory
import Ports
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite("The bus in PostgreSQL", .timeLimit(.minutes(5)))
struct BusTests {
    @Test("settles an event together with its follow-up events, or neither")
    func together() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            let bus = PostgresBus(try database(url), clock: ManualClock(noon))
            try await bus.publish([event("a")])
            let leased = try #require(try await bus.receive(1, lease: lease).first)
            // PostgreSQL cannot store this id, so the second half of the step fails.
            let failure = await #expect(throws: Failure.self) {
                try await bus.settle(
                    leased, as: .done, publishing: [event("b"), event("\u{0}")], keeping: .none)
            }
            #expect(failure?.code == .malformedEvent)
            #expect(try await bus.queued().map(\.event.id) == ["a"])

            try await bus.settle(
                leased, as: .done, publishing: [event("b"), event("c")], keeping: .none)
            #expect(try await bus.queued().map(\.event.id) == ["b", "c"])
            // The lease has ended: the follow-up events are not published again.
            let late = await #expect(throws: Failure.self) {
                try await bus.settle(leased, as: .done, publishing: [event("d")], keeping: .none)
            }
            #expect(late?.code == .conflict)
            #expect(try await bus.queued().map(\.event.id) == ["b", "c"])
        }
    }

    @Test("delivers an unrecognized row with the reason, and dead-letters it")
    func unrecognized() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let bus = PostgresBus(try database(url), clock: ManualClock(noon))
            try await bus.publish([event("z")])
            _ = try await sql(
                """
                INSERT INTO copilot_usage.event (id, event, due_at) VALUES
                    ('order/1', '{"order": 7}', '2020-01-01'),
                    ('order/2', '[]', '2020-01-01'),
                    ('y', (SELECT event FROM copilot_usage.event WHERE id = 'z'), '2020-01-01')
                """)
            let leased = try await bus.receive(10, lease: lease)
            #expect(leased.map(\.event.id) == ["order/1", "order/2", "y", "z"])
            #expect(leased.map { $0.unrecognized != nil } == [true, true, true, false])
            for delivery in leased {
                guard let message = delivery.unrecognized else { continue }
                #expect(message.reason.contains("the row \(delivery.event.id) "))
                try await bus.settle(delivery, as: .dead(reason: "\(message.failure)"))
            }
            let dead = try await sql(
                """
                SELECT id, reason LIKE 'malformedEvent: %' FROM copilot_usage.event
                WHERE due_at IS NULL ORDER BY id
                """)
            #expect(dead == "order/1|t\norder/2|t\ny|t\n")
            #expect(try await bus.queued().map(\.event.id) == ["z", "order/1", "order/2", "z"])
        }
    }

    @Test("receives a tick that was inserted with SQL")
    func insertedTick() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let bus = PostgresBus(try database(url), clock: ManualClock(noon))
            #expect(try await bus.queued().isEmpty)
            _ = try await sql(
                """
                INSERT INTO copilot_usage.event (id, event, due_at) VALUES ('tick/2026-11-22', '
                    {"specversion": "1.0", "id": "tick/2026-11-22", "source": "cron",
                     "type": "copilot-usage.tick", "time": "2026-11-22T06:00:00Z",
                     "datacontenttype": "application/json",
                     "data": {"time": "2026-11-22T06:00:00Z"}}', '2020-01-01')
                """)
            let leased = try await bus.receive(1, lease: lease)
            #expect(leased.first?.event.type == .tick)
        }
    }

    @Test("distributes 10,000 events among ten workers, each handled once")
    func tenWorkers() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            let clock = ManualClock(noon)
            let count = 10_000
            let ids = (0..<count).map { "collect/\($0)" }
            try await PostgresBus(try database(url), clock: clock).publish(ids.map(event))
            let inWork = InWork()
            let shares = try await withThrowingTaskGroup(of: [String].self) { group in
                for _ in 0..<10 {
                    var limits = PostgresDatabase.Limits()
                    limits.connectionCount = 1
                    let database = PostgresDatabase(
                        try PostgresAddress(url, variable: "EVENT_BUS"), limits: limits)
                    let bus = PostgresBus(database, clock: clock)
                    group.addTask {
                        var done: [String] = []
                        for _ in 0...count {  // A bound: a bus that repeats itself must fail.
                            let leased = try await bus.receive(16, lease: lease)
                            if leased.isEmpty { break }
                            for delivery in leased {
                                let id = delivery.event.id
                                #expect(inWork.ids.withLock { $0.insert(id).inserted })
                                #expect(delivery.attempt == 1)
                            }
                            for delivery in leased {
                                // Removed first, because another worker may receive it once it is settled.
                                _ = inWork.ids.withLock { $0.remove(delivery.event.id) }
                                try await bus.settle(delivery, as: .done)
                                done.append(delivery.event.id)
                            }
                        }
                        return done
                    }
                }
                return try await group.reduce(into: [[String]]()) { $0.append($1) }
            }
            #expect(shares.flatMap { $0 }.sorted() == ids.sorted())
            #expect(shares.allSatisfy { !$0.isEmpty }, "\(shares.map(\.count))")
            #expect(try await PostgresBus(try database(url), clock: clock).queued().isEmpty)
        }
    }
}

/// The events that workers are handling.
private final class InWork: Sendable {
    let ids = Mutex<Set<String>>([])
}
