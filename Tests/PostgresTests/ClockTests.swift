import Domain
import Fakes
import InMemory
import Ports
import Postgres
import SystemClock
import TestSupport
import Testing

@Suite("Clocks of machines that share a database", .timeLimit(.minutes(5)))
struct ClockTests {
    /// The clock of a machine, so many seconds off.
    private func clock(_ seconds: Int64) -> ManualClock {
        ManualClock(SystemClock().now().advanced(by: .seconds(seconds)))
    }

    private func bus(_ url: String, off seconds: Int64) throws -> PostgresBus {
        PostgresBus(try database(url), clock: clock(seconds), judge: .database)
    }

    @Test("do not end the lease of another machine, however far ahead", arguments: [600, -600])
    func leases(seconds: Int64) async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let (one, other) = (try bus(url, off: 0), try bus(url, off: seconds))
            try await one.publish([event("a")])
            let leased = try #require(
                try await other.receive(1, lease: .seconds(20)).first, "what is due for one is due")
            #expect(try await one.receive(1, lease: lease).isEmpty)
            try await other.settle(leased, as: .extend(lease: .seconds(30)))
            let left = try await sql(
                """
                SELECT extract(epoch FROM due_at - now()) BETWEEN 20 AND 31 FROM copilot_usage.event
                """)
            #expect(left == "t\n")
            try await other.settle(leased, as: .retry(after: .zero, reason: "r"))
            #expect(try await one.receive(1, lease: lease).count == 1)
        }
    }

    @Test("do not end the lease of a refresh, nor keep it", arguments: [600, -600])
    func expiry(seconds: Int64) async throws {
        try await SharedPostgres.withDatabase { url, sql in
            func store(off seconds: Int64) throws -> PostgresStore {
                PostgresStore(try database(url), clock: clock(seconds), judge: .database)
            }
            let (one, other) = (try store(off: 0), try store(off: seconds))
            let k = try key("lease/refresh/x")
            let expiry = clock(0).now().advanced(by: .seconds(120))
            try await one.put([1], for: k, if: .absent, until: expiry)
            #expect(try await other.entry(for: k) != nil)
            #expect(try await other.keys(prefix: "lease/", after: nil, limit: 10) == [k])
            await #expect(throws: Failure.self) {
                try await other.put([2], for: k, if: .absent, until: nil)
            }
            _ = try await sql(
                "UPDATE copilot_usage.state SET expires_at = now() - interval '1 second'")
            #expect(try await other.entry(for: k) == nil)
            try await other.put([2], for: k, if: .absent, until: nil)
            #expect(try await one.entry(for: k)?.value == [2])
        }
    }
}
