import Domain
import Fakes
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

@Suite("A database that becomes unavailable", .timeLimit(.minutes(5)))
struct LossTests {
    @Test("is used again after it was killed or its connections were, after every call")
    func betweenCalls() async throws {
        try await PostgresServer.with { server in
            let shared = try database(server.url())
            let clock = ManualClock(noon)
            let store = PostgresStore(shared, clock: clock)
            let bus = PostgresBus(shared, clock: clock)
            var calls = 0
            // Every call finds a connection that was just lost.
            func call<Result>(_ body: () async throws -> Result) async throws -> Result {
                if calls % 4 == 3 {
                    try await server.stop(.immediate)
                    try await server.start()
                } else {
                    try await server.sql(
                        """
                        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'
                        """)
                }
                calls += 1
                return try await body()
            }
            let first = try await call { try await store.put([1], for: key("k"), if: .absent) }
            let second = try await call {
                try await store.put([2], for: key("k"), if: .version(first))
            }
            try await call { try await bus.publish([event("a"), event("b")]) }
            let leased = try await call { try await bus.receive(2, lease: lease) }
            #expect(leased.map(\.event.id) == ["a", "b"])
            try await call {
                try await bus.settle(leased[0], as: .done, publishing: [event("c")], keeping: .none)
            }
            try await call { try await bus.settle(leased[1], as: .dead(reason: "r")) }
            #expect(try await call { try await bus.redrive(nil) } == 1)
            #expect(try await call { try await bus.queued().map(\.event.id) } == ["b", "c"])
            let found = try await call { try await store.entry(for: key("k")) }
            #expect(found == StoreEntry(value: [2], version: second))
            #expect(try await call { try await store.allKeys(prefix: "") } == [key("k")])
            try await call { try await store.remove(key("k"), if: .version(second)) }
            #expect(calls == 11)
        }
    }

    @Test("is reported as unavailable, and used again when it is back")
    func down() async throws {
        try await PostgresServer.with { server in
            try await server.stop(.fast)
            let store = PostgresStore(
                try impatientDatabase(server.url()), clock: ManualClock(noon))
            for _ in 0..<2 {
                let failure = await #expect(throws: Failure.self) {
                    try await store.put([1], for: key("k"), if: .always)
                }
                #expect(failure?.code == .unavailable)
                #expect(failure?.message.contains("STATE_STORE") == true)
            }
            try await server.start()
            try await store.put([1], for: key("k"), if: .always)
            try await server.stop(.immediate)
            await #expect(throws: Failure.self) { try await store.entry(for: key("k")) }
            try await server.start()
            #expect(try await store.entry(for: key("k"))?.value == [1])
        }
    }

    @Test("waits no longer than the statement timeout, and recovers after it")
    func lock() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            var limits = PostgresDatabase.Limits()
            limits.statementTimeout = .milliseconds(200)
            let store = PostgresStore(
                PostgresDatabase(
                    try PostgresAddress(url, variable: "STATE_STORE"), limits: limits),
                clock: ManualClock(noon))
            try await store.put([1], for: key("k"), if: .always)
            // Only the lock matters; it is held until the waiting is over, however long that takes here.
            async let holding = try? sql(
                """
                BEGIN; LOCK TABLE copilot_usage.state; SELECT pg_advisory_lock(7); SELECT pg_sleep(600)
                """)
            let lock = try key("k")
            for _ in 0..<1_000 {
                let holders = try await sql(
                    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7")
                if holders == "1\n" { break }
            }
            let failure = await #expect(throws: Failure.self) {
                try await store.put([2], for: lock, if: .always)
            }
            #expect(failure?.code == .timedOut)
            _ = try await sql(
                """
                SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7
                """)
            _ = await holding
            #expect(try await store.entry(for: lock)?.value == [1])
        }
    }

    @Test("survives conflicts between publishers")
    func publishers() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            let bus = PostgresBus(try database(url), clock: ManualClock(noon))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for round in 0..<20 {
                    group.addTask {
                        let ids = (0..<50).map { "\($0)" }
                        let events = (round % 2 == 0 ? ids : ids.reversed()).map(event)
                        try await bus.publish(events)
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await bus.queued().count == 50)
        }
    }
}
