import Domain
import GitHubSimulator
import Ports
import Postgres
import Runner
import SystemClock
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Many organizations, three workers and one database, with everything killed now and then.
@Suite("A fan-out on PostgreSQL", .timeLimit(.minutes(30)))
struct SoakTests {
    /// More than a few for whoever has the time: `SOAK_ORGANIZATIONS`.
    static let organizationCount =
        ProcessInfo.processInfo.environment["SOAK_ORGANIZATIONS"].flatMap { Int($0) } ?? 16
    /// How often a worker is killed.
    static let killCount = max(3, organizationCount / 10)
    static let dayCount = 3

    @Test("ends like an undisturbed run although workers and the database are killed")
    func soak() async throws {
        try await PostgresServer.with { server in
            try await Stage.with(users: 8, organizations: Self.organizationCount) { stage in
                let began = ContinuousClock.now
                let expected = try await calm(stage)
                let calmed = ContinuousClock.now
                let stage = stage.on(server.url())
                try await stage.connect()
                let tick = try await stage.function("onDailyTick", "{}")
                #expect(tick.status == 0, "\(tick.errors.suffix(1_000))")
                let fanned = ContinuousClock.now

                let fanOut = FanOut(server: server, count: Self.organizationCount * Self.dayCount)
                try await fanOut.workOff(stage, killing: Self.killCount)
                let done = ContinuousClock.now

                try compare(try stage.samples(), to: expected)
                try await check(stage, server)
                #expect(stage.github.violations.isEmpty)
                print(
                    """
                    \(Self.organizationCount) organizations, \(fanOut.count) days: calm \
                    \(calmed - began), tick \(fanned - calmed), soak \(done - fanned), \
                    \(Self.killCount) kills, one restart
                    """)
            }
        }
    }

    /// What comes out when nothing goes wrong.
    private func calm(_ stage: Stage) async throws -> [String: OpenMetricsText] {
        let calm = "\(stage.folder)/calm"
        let stage = Stage(
            folder: stage.folder, github: stage.github,
            environment: stage.environment.merging(
                [
                    "STATE_STORE": "file:\(calm)/state", "EVENT_BUS": "file:\(calm)/bus",
                    "METRICS_SINK": "file:\(calm)/metrics",
                ]
            ) { $1 }, port: stage.port)
        try await stage.connect()
        let outcome = try await stage.local("tick", "--quiet")
        #expect(outcome.status == 0, "\(outcome.errors.suffix(1_000))")
        return try Stage.samples(in: "\(calm)/metrics")
    }

    private func compare(
        _ files: [String: OpenMetricsText], to expected: [String: OpenMetricsText]
    ) throws {
        #expect(expected.count == Self.organizationCount * Self.dayCount)
        #expect(files.keys == expected.keys)
        for (file, text) in expected {
            #expect(files[file]?.lines.count == text.lines.count, "\(file)")
            #expect(files[file]?.values == text.values, "\(file)")
        }
    }

    /// Asks the local runner, on the same database, how things stand.
    private func check(_ stage: Stage, _ server: PostgresServer) async throws {
        let address = try PostgresAddress(server.url(), variable: "STATE_STORE")
        let store = PostgresStore(PostgresDatabase(address), clock: SystemClock())
        let manifests = try await StateReader(store).manifests()
        #expect(manifests.count == Self.organizationCount * Self.dayCount)
        for manifest in manifests {
            // Where no team has five seats there is never a report of teams.
            let results = manifest.sources.filter { $0.key != .userTeams }.map(\.value)
            #expect(results.allSatisfy { $0.outcome.isSettled }, "\(manifest)")
            let isOld = manifest.day <= Stage.yesterday.advanced(by: -2)
            let isWhole = manifest.sources.values.allSatisfy(\.outcome.isSettled)
            #expect(manifest.final == (isOld && isWhole), "\(manifest)")
            #expect(!manifest.isFault, "\(manifest)")
        }
        #expect(manifests.contains { $0.final })

        let dead = try await stage.local("dead-letters", "--json")
        #expect(try json(dead.output).elements.isEmpty, "\(dead.output)")
        let status = try await stage.local("status", "--json")
        #expect(status.status == 0, "\(status.errors)")
        let keys = try await stage.local("state", "--json")
        #expect(keys.output.ranges(of: "manifest/").count == manifests.count)
        // One more tick reads what is not final again, and finds nothing new.
        let again = try await stage.tick()
        #expect(again.status == 0, "\(again.errors.suffix(1_000))")
        #expect(again.manifests.count == manifests.count { !$0.final })
        for source in Source.allCases {
            let outcomes = again.manifests.compactMap {
                $0["sources"]?[source.rawValue]?["outcome"]?.text
            }
            #expect(!outcomes.contains { ["written", "restated"].contains($0) }, "\(source)")
        }
    }
}

/// A fan-out that lies in a database, and its working off.
private struct FanOut {
    let server: PostgresServer
    /// How many events there are at first.
    let count: Int

    /// Works it off with three workers.
    func workOff(_ stage: Stage, killing killCount: Int) async throws {
        // A kill each time that so much more is done, and in the middle the database's turn.
        let steps = (1...killCount).map { count * $0 / (killCount + 1) }
        let restart = steps[killCount / 2]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for worker in 0..<3 {
                let turns = steps.enumerated().filter { $0.offset % 3 == worker }.map(\.element)
                group.addTask { try await work(stage, diesAt: turns) }
            }
            group.addTask {
                try await wait(untilDone: restart)
                try await server.stop(.immediate)
                try await server.start()
            }
            try await group.waitForAll()
        }
    }

    /// Runs one worker until everything is done; it is killed and started again at each turn.
    private func work(_ stage: Stage, diesAt turns: [Int]) async throws {
        for turn in turns + [count] {
            try await stage.withWorker { worker in
                try await wait(untilDone: turn)
                if turn == count { worker.terminate() } else { worker.kill() }
                try await worker.waitForEnd()
            }
        }
    }

    private func wait(untilDone doneCount: Int) async throws {
        let start = ContinuousClock.now
        while true {
            // Nobody answers while the database is restarted.
            let left = try? await server.sql("SELECT count(*) FROM copilot_usage.event")
            if let left, let left = Int(left.dropLast()), count - left >= doneCount { return }
            guard ContinuousClock.now - start < .seconds(1_500) else {
                let rows = try await server.sql(
                    "SELECT id, attempts, due_at, reason FROM copilot_usage.event LIMIT 5")
                throw Failure(.timedOut, "there are still events: \(rows)")
            }
            try await Task.sleep(for: .milliseconds(300))
        }
    }
}
