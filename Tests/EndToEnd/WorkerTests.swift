import Deployment
import Domain
import Ports
import Postgres
import Runner
import SystemClock
import TestSupport
import Testing

@Suite("The built worker", .timeLimit(.minutes(5)))
struct WorkerTests {
    @Test("waits for a database that is down, works when it is up, and stops on SIGTERM")
    func start() async throws {
        try await PostgresServer.with { server in
            try await Stage.with { stage in
                let stage = stage.on(server.url())
                try await stage.connect()
                try await server.stop(.fast)
                try await stage.withWorker { worker in
                    try await worker.wait(for: "saying so") {
                        worker.output.contains("trying again")
                    }
                    #expect(worker.output.contains("cannot be reached"), "\(worker.output)")
                    #expect(!worker.output.contains(PostgresServer.password), "\(worker.output)")
                    try await server.start()
                    try await worker.wait(for: "working") { worker.output.contains("\"working\"") }

                    let tick = try await stage.function("onDailyTick", "{}")
                    #expect(tick.status == 0, "\(tick.errors)")
                    try await worker.wait(for: "its six days") {
                        worker.output.ranges(of: #""verdict":"done""#).count == 6
                    }
                    worker.terminate()
                    try await worker.waitForEnd(atMost: .seconds(5))
                    #expect(worker.output.contains("\"stopped\""))
                    #expect(worker.output.contains("\"outcomes\":\"written "), "\(worker.output)")
                }
                #expect(try await server.sql("SELECT count(*) FROM copilot_usage.event") == "0\n")
            }
        }
    }

    @Test(
        "exits with 2 and the fix when it cannot work",
        arguments: [
            (["EVENT_BUS": nil, "GITHUB_APP_CLIENT_SECRET": nil], "EVENT_BUS"),
            (["EVENT_BUS": "postgres://u:p@host:port/db"], "EVENT_BUS"),
            (["WORKER_CONCURRENCY": "many"], "WORKER_CONCURRENCY"),
            (["WORKER_CONCURRENCY": "0"], "WORKER_CONCURRENCY"),
        ] as [([String: String?], String)])
    func misuse(changes: [String: String?], variable: String) async throws {
        try await Stage.with { stage in
            let outcome = try await ChildProcess.outcome(
                of: BuiltProgram.functions, ["work"],
                environment: stage.environment.merging(changes) { $1 })
            #expect(outcome.status == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains("\(variable) "), "\(outcome.errors)")
        }
    }

    @Test("exits with 2 when the database rejects it")
    func refused() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            try await Stage.with { stage in
                for (wrong, words) in [
                    (url.replacing(PostgresServer.escapedPassword, with: "planted"), "password"),
                    (url + "x", "create the database"),
                ] {
                    let outcome = try await ChildProcess.outcome(
                        of: BuiltProgram.functions, ["work"],
                        environment: stage.on(wrong).environment)
                    #expect(outcome.status == 2, "\(outcome.errors)")
                    #expect(outcome.errors.contains(words), "\(outcome.errors)")
                    #expect(!outcome.errors.contains("planted"), "\(outcome.errors)")
                    let local = try await stage.on(wrong).local("tick")
                    #expect(local.status == 2, "\(local.errors)")
                    #expect(local.errors.contains(words), "\(local.errors)")
                }
            }
        }
    }

    @Test("logs a dead message of another application once, with id and reason")
    func stranger() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            try await Stage.with(organizations: 1) { stage in
                let stage = stage.on(url)
                try await stage.connect()
                func intrude(_ id: String) async throws {
                    _ = try await sql(
                        """
                        INSERT INTO copilot_usage.event (id, event, due_at)
                        VALUES ('\(id)', '{"order": 7}', now() - interval '1 hour')
                        """)
                }
                #expect(try await stage.function("onDailyTick", "{}").status == 0)
                try await intrude("order/1")
                try await stage.withWorker { worker in
                    try await worker.wait(for: "three days") {
                        worker.output.ranges(of: #""verdict":"done""#).count == 3
                    }
                    worker.terminate()
                    try await worker.waitForEnd(atMost: .seconds(5))
                    let lines = worker.output.split(separator: "\n").filter {
                        $0.contains("order/1")
                    }
                    #expect(lines.count == 1, "\(worker.output)")
                    for words in [
                        "not an event of copilot-usage", "\"malformedEvent\"", "\"dead\"",
                        "\"error\"",
                    ] {
                        #expect(lines.first?.contains(words) == true, "\(lines)")
                    }
                }
                try await intrude("order/2")
                let tick = try await stage.tick(on: Stage.yesterday)
                #expect(tick.status == 1)
                let reasons = tick.attention.compactMap { $0["reason"]?.text }
                #expect(reasons.count == 1)
                #expect(reasons.first?.contains("order/2") == true, "\(reasons)")
                let dead = try await stage.local("dead-letters").output
                #expect(dead.contains("order/1") && dead.contains("order/2"), "\(dead)")

                // To list them and put them back takes the bus and nothing else.
                let bus = Stage(
                    folder: stage.folder, github: stage.github, environment: ["EVENT_BUS": url],
                    port: stage.port)
                #expect(try await bus.local("dead-letters").output == dead)
                let refused = try await bus.local("dead-letters", "redrive")
                // The App may be in the state, so that is what is missed.
                #expect(refused.status == 1)
                #expect(refused.errors.contains("There is no state in"), "\(refused.errors)")
                #expect(try await bus.local("dead-letters").output == dead)
                let other = ["STATE_STORE": "nowhere"] as [String: String?]
                let sent = try await bus.local(
                    "dead-letters", "redrive", "--only-send", with: other)
                #expect(sent.status == 0, "\(sent.errors)")
                #expect(sent.errors.contains("2 dead letters"), "\(sent.errors)")
                let none = try await bus.local("dead-letters", "redrive", with: other)
                #expect(none.status == 0, "\(none.errors)")
                #expect(none.errors.contains("0 dead letters"), "\(none.errors)")
            }
        }
    }

    @Test("keeps a manifest only together with the settlement of its event")
    func commit() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            try await Stage.with(organizations: 1) { stage in
                let stage = stage.on(url)
                try await stage.connect()
                let tick = try await stage.function("onDailyTick", "{}")
                #expect(tick.status == 0, "\(tick.errors)")
                // A settled event is removed; the server finds fault with that when it commits.
                _ = try await sql(
                    """
                    CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
                        $$ BEGIN RAISE 'not now'; END $$;
                    CREATE CONSTRAINT TRIGGER stop AFTER DELETE ON copilot_usage.event
                        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stop();
                    """)
                let (manifests, events) = (
                    "SELECT count(*) FROM copilot_usage.state WHERE key LIKE 'manifest/%'",
                    "SELECT count(*) FROM copilot_usage.event WHERE attempts <= 1"
                )
                try await stage.withWorker { worker in
                    try await worker.wait(for: "three failures") {
                        worker.output.ranges(of: "not now").count >= 3
                    }
                    #expect(try await sql(manifests) == "0\n", "\(worker.output)")
                    #expect(try await sql(events) == "3\n")
                    _ = try await sql(
                        "DROP FUNCTION stop() CASCADE; UPDATE copilot_usage.event SET due_at = now()"
                    )
                    try await worker.wait(for: "three days") {
                        worker.output.ranges(of: #""verdict":"done""#).count == 3
                    }
                    worker.terminate()
                    try await worker.waitForEnd(atMost: .seconds(5))
                }
                #expect(try await sql(manifests) == "3\n")
                #expect(try await sql("SELECT count(*) FROM copilot_usage.event") == "0\n")
                #expect(try stage.samples().count == 3)
            }
        }
    }

    @Test("hands its work to another worker when it stops")
    func onFiles() async throws {
        // Any bus that can be received from will do; here it is the one in a folder.
        try await Stage.with(organizations: 3) { stage in
            try await stage.connect()
            let tick = try await stage.function("onDailyTick", "{}")
            #expect(tick.status == 0, "\(tick.errors)")
            let worker = { (share: Int) in
                try await stage.withWorker { worker in
                    try await worker.wait(for: "\(share) days") {
                        worker.output.ranges(of: #""verdict":"done""#).count >= share
                    }
                    worker.terminate()
                    try await worker.waitForEnd(atMost: .seconds(10))
                    return worker.output.ranges(of: #""verdict":"done""#).count
                }
            }
            let first = try await worker(2)
            if first < 9 { #expect(try await worker(9 - first) == 9 - first) }
            #expect(try stage.samples().count == 9)
        }
    }
}
