import TestSupport
import Testing

@Suite("The built worker behind PgBouncer", .timeLimit(.minutes(5)))
struct PoolerTests {
    @Test("works in transaction mode, and leaves no settings on the connection")
    func transactions() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.transaction, for: server, poolSize: 1) { pooler in
                try await Stage.with { stage in
                    let stage = stage.on(pooler.url())
                    try await stage.connect()
                    let tick = try await stage.tick(on: Stage.yesterday)
                    #expect(tick.status == 0, "\(tick.report) \(tick.errors)")
                    #expect(tick.manifests.count == 2)
                    let settings = try await ChildProcess.outcome(
                        of: "psql",
                        [
                            "-X", "-t", "-A", pooler.url(), "-c",
                            """
                            SELECT name || '=' || setting FROM pg_settings
                            WHERE source = 'session' AND name <> 'client_encoding'
                                AND name LIKE '%timeout%'
                            """,
                        ])
                    #expect(settings.status == 0, "\(settings.errors)")
                    #expect(settings.output == "")
                }
            }
        }
    }

    @Test("exits with 2 and the fix in statement mode")
    func statements() async throws {
        try await PostgresServer.with { server in
            try await PgBouncer.with(.statement, for: server) { pooler in
                try await Stage.with { stage in
                    let outcome = try await ChildProcess.outcome(
                        of: BuiltProgram.functions, ["work"],
                        environment: stage.on(pooler.url()).environment, in: stage.folder)
                    #expect(outcome.status == 2, "\(outcome.errors)")
                    #expect(outcome.errors.contains("pool_mode"), "\(outcome.errors)")
                    #expect(outcome.errors.contains("STATE_STORE and EVENT_BUS"))
                }
            }
        }
    }
}
