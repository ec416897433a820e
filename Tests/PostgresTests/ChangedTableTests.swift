import Domain
import Fakes
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

@Suite("A database that somebody changed", .timeLimit(.minutes(5)))
struct ChangedTableTests {
    /// Changes of the state, what reading an entry and writing one then come to, and words of both.
    static let tables: [(String, Failure.Code?, Failure.Code?, String)] = [
        (
            "ALTER COLUMN version DROP NOT NULL; UPDATE copilot_usage.state SET version = NULL",
            .unreadableState, nil, "correct or remove it with SQL"
        ),
        (
            "ALTER COLUMN value DROP NOT NULL; UPDATE copilot_usage.state SET value = NULL",
            .unreadableState, nil, "correct or remove it with SQL"
        ),
        (
            """
            DROP CONSTRAINT state_pkey; INSERT INTO copilot_usage.state
            SELECT * FROM copilot_usage.state
            """, .unreadableState, .misconfigured, ""
        ),
        ("ALTER COLUMN version TYPE text", .unreadableState, nil, ""),
        ("ALTER COLUMN version TYPE numeric", .unreadableState, nil, ""),
        ("RENAME COLUMN value TO content", .misconfigured, .misconfigured, "schema.sql"),
        ("DROP COLUMN expires_at", .misconfigured, .misconfigured, "schema.sql"),
        ("ADD CHECK (key = 'k')", nil, .misconfigured, "schema.sql"),
        ("ALTER COLUMN key TYPE integer USING 1", .misconfigured, .misconfigured, "schema.sql"),
        ("RENAME TO other", .unavailable, .unavailable, "Restore them"),
    ]

    @Test("says what does not fit, and what to do", arguments: tables)
    func changedTable(
        change: String, reading: Failure.Code?, writing: Failure.Code?, words: String
    )
        async throws
    {
        try await SharedPostgres.withDatabase { url, sql in
            let store = PostgresStore(try impatientDatabase(url), clock: ManualClock(noon))
            let (one, other) = (try key("k"), try key("l"))
            try await store.put([1], for: one, if: .always)
            _ = try await sql("ALTER TABLE copilot_usage.state \(change)")
            try await expect(reading, words) { try await store.entry(for: one) }
            try await expect(writing, words) { try await store.put([2], for: other, if: .always) }
        }
    }

    @Test(
        "has one version of its tables, or is refused",
        arguments: [
            "UPDATE copilot_usage.schema_version SET version = 0",
            "UPDATE copilot_usage.schema_version SET version = -1",
            "DELETE FROM copilot_usage.schema_version",
            "INSERT INTO copilot_usage.schema_version VALUES (1)",
            "ALTER TABLE copilot_usage.schema_version ALTER version TYPE text",
            """
            ALTER TABLE copilot_usage.schema_version ALTER version DROP NOT NULL;
            UPDATE copilot_usage.schema_version SET version = NULL
            """,
        ])
    func versions(change: String) async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let first = PostgresStore(try database(url), clock: ManualClock(noon))
            try await first.put([1], for: key("k"), if: .always)
            _ = try await sql(change)
            let refused = try await failure(of: try impatientDatabase(url))
            #expect(refused.code == .misconfigured, "\(refused)")
            #expect(refused.message.contains("copilot_usage.schema_version"), "\(refused)")
            #expect(refused.message.contains("Restore it"), "\(refused)")
        }
    }

    @Test("with the schema but no tables is refused, as it is somebody else's")
    func emptySchema() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            _ = try await sql("CREATE SCHEMA copilot_usage")
            let refused = try await failure(of: try impatientDatabase(url))
            #expect(refused.code == .misconfigured, "\(refused)")
            #expect(refused.message.contains("infra/postgres/schema.sql"), "\(refused)")
        }
    }

    @Test("to be read-only names the address to use instead")
    func readOnly() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let store = PostgresStore(try database(url), clock: ManualClock(noon))
            let k = try key("k")
            try await store.put([1], for: k, if: .always)
            let name = url.split(separator: "/").last ?? ""
            _ = try await sql("ALTER DATABASE \(name) SET default_transaction_read_only = on")
            let later = PostgresStore(try impatientDatabase(url), clock: ManualClock(noon))
            #expect(try await later.entry(for: k)?.value == [1])
            try await expect(.unavailable, "target_session_attrs=read-write") {
                try await later.put([2], for: k, if: .always)
            }
        }
    }

    @Test("cannot hold every character in another encoding than UTF-8, and is to be made anew")
    func encoding() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            _ = try await sql(
                "CREATE DATABASE latin1 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
            )
            let name = url.split(separator: "/").last ?? ""
            let bus = PostgresBus(
                try impatientDatabase(url.replacing("/\(name)", with: "/latin1")),
                clock: ManualClock(noon))
            try await bus.publish([event("a")])
            let leased = try #require(try await bus.receive(1, lease: lease).first)
            try await expect(.misconfigured, "encoding UTF8") {
                try await bus.settle(leased, as: .dead(reason: "a → b"))
            }
            _ = try await sql("DROP DATABASE latin1 WITH (FORCE)")
        }
    }

    private func expect(
        _ code: Failure.Code?, _ words: String, _ body: () async throws -> some Any
    ) async throws {
        guard let code else {
            _ = try await body()
            return
        }
        let failure = await #expect(throws: Failure.self) { _ = try await body() }
        #expect(failure?.code == code, "\(String(describing: failure))")
        #expect(failure?.message.contains(words) == true, "\(String(describing: failure))")
    }
}
