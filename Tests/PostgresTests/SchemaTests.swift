import Domain
import Fakes
import InMemory
import Ports
import Postgres
import TestSupport
import Testing

@Suite("The schema", .timeLimit(.minutes(5)))
struct SchemaTests {
    @Test("is the same in the repository and in the program")
    func text() throws {
        let file = try Repository.bytes("infra/postgres/schema.sql")
        #expect(String(decoding: file, as: UTF8.self) == Schema.text)
    }

    @Test("is created once by concurrent processes, and is the same as from the script")
    func making() async throws {
        try await PostgresServer.with { server in
            let (made, byHand) = (
                try await server.makeDatabase(), try await server.makeDatabase()
            )
            let k = try key("k")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    let store = PostgresStore(
                        try database(server.url(made)), clock: ManualClock(noon))
                    group.addTask { _ = try await store.entry(for: k) }
                }
                try await group.waitForAll()
            }
            let script = String(
                decoding: try Repository.bytes("infra/postgres/schema.sql"), as: UTF8.self)
            try await server.sql(script, in: byHand)
            func dump(_ database: String) async throws -> [Substring] {
                // Newer versions of pg_dump begin and end with a random key.
                try await server.schema(of: database).split(separator: "\n")
                    .filter { !$0.contains("restrict") }
            }
            #expect(try await dump(made) == dump(byHand))
            for database in [made, byHand] {
                let version = try await server.sql(
                    "SELECT * FROM copilot_usage.schema_version", in: database)
                #expect(version == "1\n")
            }
        }
    }

    @Test("reports missing privileges, and needs few once it exists")
    func rights() async throws {
        try await PostgresServer.with { server in
            let name = try await server.makeDatabase()
            try await server.sql("CREATE USER app PASSWORD 'app'", in: name)
            let url = server.url(name).replacing(
                "\(PostgresServer.user):\(PostgresServer.escapedPassword)", with: "app:app")
            let refused = try await failure(of: try impatientDatabase(url))
            #expect(refused.code == .misconfigured)
            #expect(refused.message.contains("infra/postgres/schema.sql"), "\(refused)")

            let script = String(
                decoding: try Repository.bytes("infra/postgres/schema.sql"), as: UTF8.self)
            let grants = """
                GRANT USAGE ON SCHEMA copilot_usage TO app;
                GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA copilot_usage TO app;
                """
            try await server.sql(script + grants, in: name)
            let store = PostgresStore(try database(url), clock: ManualClock(noon))
            let version = try await store.put([1], for: key("k"), if: .absent, until: noon)
            #expect(version != StoreVersion(0))
            let bus = PostgresBus(try database(url), clock: ManualClock(noon))
            try await bus.publish([event("a")])
            #expect(try await bus.receive(1, lease: lease).count == 1)
        }
    }

    @Test("is created again after it was dropped")
    func dropped() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let store = PostgresStore(try database(url), clock: ManualClock(noon))
            try await store.put([1], for: key("k"), if: .always)
            _ = try await sql("DROP SCHEMA copilot_usage CASCADE")
            #expect(try await store.entry(for: key("k")) == nil)
        }
    }

    @Test("of a newer version is not changed")
    func newer() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let store = PostgresStore(try database(url), clock: ManualClock(noon))
            try await store.put([1], for: key("k"), if: .always)
            _ = try await sql("UPDATE copilot_usage.schema_version SET version = 9")
            let refused = try await failure(of: try impatientDatabase(url))
            #expect(refused.code == .misconfigured)
            #expect(refused.message.contains("version 9"))
        }
    }
}
