import Domain
import Fakes
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("A database behind PgBouncer", .timeLimit(.minutes(5)))
struct PoolerTests {
    /// What the next client of the pooler finds.
    private static let settings = """
        SELECT current_setting('statement_timeout'),
            current_setting('idle_in_transaction_session_timeout')
        """

    @Test("finds no settings of ours on a connection that it gets next")
    func leftovers() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.transaction, for: server) { pooler in
                let database = try database(pooler.url())
                let store = PostgresStore(database, clock: ManualClock(noon))
                let bus = PostgresBus(database, clock: ManualClock(noon))
                try await store.put([1], for: key("k"), if: .absent)
                try await bus.publish([event("a")])
                let leased = try #require(try await bus.receive(1, lease: lease).first)
                try await bus.settle(
                    leased, as: .done, publishing: [event("b")],
                    keeping: StateChanges(
                        [.put([2], for: try key("k"), if: .always, until: nil)], in: store))
                #expect(try await store.entry(for: key("k"))?.value == [2])
                #expect(try await bus.queued().map(\.event.id) == ["b"])

                let psql = try await ChildProcess.outcome(
                    of: "psql", ["-X", "-t", "-A", pooler.url(), "-c", Self.settings])
                #expect(psql.output == "0|0\n", "\(psql.errors)")
            }
        }
    }

    @Test("limits a statement all the same, within its transaction")
    func timeout() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.transaction, for: server, poolSize: 2) { pooler in
                var limits = PostgresDatabase.Limits()
                limits.statementTimeout = .milliseconds(200)
                let store = PostgresStore(
                    PostgresDatabase(
                        try PostgresAddress(pooler.url(), variable: "STATE_STORE"), limits: limits),
                    clock: ManualClock(noon))
                try await store.put([1], for: key("k"), if: .always)
                async let holding = server.sql(
                    """
                    BEGIN; LOCK TABLE copilot_usage.state; SELECT pg_advisory_lock(7);
                    SELECT pg_sleep(1)
                    """)
                for _ in 0..<1_000 {
                    let holders = try await server.sql(
                        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 7")
                    if holders == "1\n" { break }
                }
                let lock = try key("k")
                let failure = await #expect(throws: Failure.self) {
                    try await store.put([2], for: lock, if: .always)
                }
                #expect(failure?.code == .timedOut, "\(String(describing: failure))")
                #expect(failure?.message.contains("57014") == true, "the server ends it")
                _ = try await holding
                #expect(try await store.entry(for: lock)?.value == [1])
            }
        }
    }

    @Test("in statement mode is refused as a setting to correct, not tried for ever")
    func statements() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.statement, for: server) { pooler in
                let failure = try await failure(of: try database(pooler.url()))
                #expect(failure.code == .misconfigured, "\(failure)")
                #expect(failure.message.contains("pool_mode"), "\(failure)")
                #expect(failure.message.contains("STATE_STORE"), "\(failure)")
            }
        }
    }

    @Test("names an option of the address that the pooler does not accept")
    func options() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.transaction, for: server) { pooler in
                let url = pooler.url(query: "options=-cwork_mem%3D4MB")
                let failure = try await failure(of: try database(url))
                #expect(failure.code == .misconfigured, "\(failure)")
                #expect(failure.message.contains("ignore_startup_parameters"), "\(failure)")
            }
        }
    }

    @Test("is used again after the server was killed behind it")
    func loss() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.transaction, for: server) { pooler in
                let store = PostgresStore(try database(pooler.url()), clock: ManualClock(noon))
                try await store.put([1], for: key("k"), if: .always)
                try await server.stop(.immediate)
                try await server.start()
                #expect(try await store.entry(for: key("k"))?.value == [1])
            }
        }
    }
}

@Suite("A database with a standby", .timeLimit(.minutes(5)))
struct FailoverTests {
    @Test("is followed to the standby that takes over, by an address with both")
    func failover() async throws {
        try await PostgresServer.with { primary in
            try await primary.withStandby { standby in
                let login = "\(PostgresServer.user):\(PostgresServer.escapedPassword)"
                // The standby is named first: it is read-only, and not to be used before its time.
                let hosts = "127.0.0.1:\(standby.port),127.0.0.1:\(primary.port)"
                let url = "postgres://\(login)@\(hosts)/postgres?target_session_attrs=read-write"
                let database = try database(url)
                let store = PostgresStore(database, clock: ManualClock(noon))
                let bus = PostgresBus(database, clock: ManualClock(noon))
                try await store.put([1], for: key("k"), if: .absent)
                try await bus.publish([event("a")])
                #expect(try await standby.sql("SELECT pg_is_in_recovery()") == "t\n")
                // What is committed is on the standby before the primary is gone.
                let position =
                    try await primary.sql("SELECT pg_current_wal_lsn()")
                    .split(separator: "\n").first.map(String.init) ?? ""
                let replayed = "SELECT pg_last_wal_replay_lsn() >= '\(position)'"
                for _ in 0..<300 {
                    if try await standby.sql(replayed) == "t\n" { break }
                    try await Task.sleep(for: .milliseconds(50))
                }

                try await primary.stop(.immediate)
                try await standby.promote()
                #expect(try await store.entry(for: key("k"))?.value == [1])
                try await store.put([2], for: key("k"), if: .always)
                let leased = try #require(try await bus.receive(1, lease: lease).first)
                try await bus.settle(leased, as: .done)
                let stored = try await standby.sql("SELECT value FROM copilot_usage.state")
                #expect(stored == "\\x02\n")
            }
        }
    }

    @Test("is left for its successor when it becomes read-only")
    func readOnly() async throws {
        try await PostgresServer.with { primary in
            try await primary.withStandby { standby in
                // Only the standby is named, as by an address that follows the primary.
                let store = PostgresStore(
                    try database(standby.url()), clock: ManualClock(noon))
                try await primary.sql("SELECT 1")
                let k = try key("k")
                let failure = await #expect(throws: Failure.self) {
                    try await store.put([1], for: k, if: .always)
                }
                #expect(failure?.code == .unavailable, "\(String(describing: failure))")
                try await standby.promote()
                try await store.put([1], for: k, if: .always)
                #expect(try await store.entry(for: k)?.value == [1])
            }
        }
    }
}
