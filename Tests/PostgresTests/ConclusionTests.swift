import Domain
import Fakes
import InMemory
import Ports
import Postgres
import Synchronization
import TestSupport
import Testing

/// The conclusion of an event: its state changes, follow-up events and settlement.
@Suite("Settling an event in PostgreSQL", .timeLimit(.minutes(5)))
struct ConclusionTests {
    /// How a transaction fails.
    enum Ending: CaseIterable {
        /// The server refuses to commit.
        case aborted
        /// The connection is lost while the server commits.
        case cut
        /// Another worker changed the state.
        case outrun
        /// Another worker has the event.
        case lateForIt
        /// A follow-up event cannot be stored.
        case unpublishable

        var code: Failure.Code {
            switch self {
            case .aborted, .cut: .unavailable
            case .outrun, .lateForIt: .conflict
            case .unpublishable: .malformedEvent
            }
        }
    }

    /// Installs a trigger that runs when the settlement of an event is committed.
    static func atCommit(_ what: String) -> String {
        """
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN \(what); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER stop AFTER DELETE ON copilot_usage.event
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stop();
        """
    }

    static let again = "DROP FUNCTION stop() CASCADE"

    /// State changes: a replaced value and an incremented count.
    private func changes(
        _ version: StoreVersion, in store: any KeyValueStore
    ) throws -> StateChanges {
        StateChanges(
            [
                .put([2], for: try key("manifest"), if: .version(version), until: nil),
                .update(try key("days"), until: nil) { ($0 ?? []) + [1] },
            ], in: store)
    }

    @Test("is stored completely or not at all", arguments: Ending.allCases)
    func together(ending: Ending) async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let clock = ManualClock(noon)
            let store = PostgresStore(try database(url), clock: clock)
            // As with two variables that contain the same address.
            let bus = PostgresBus(try impatientDatabase(url), clock: clock)
            var version = try await store.put([1], for: key("manifest"), if: .absent)
            try await bus.publish([event("a")])
            var leased = try #require(try await bus.receive(1, lease: lease).first)
            var follower = event("b")
            switch ending {
            case .aborted: _ = try await sql(Self.atCommit("RAISE 'not now'"))
            case .cut:
                _ = try await sql(
                    Self.atCommit(
                        "PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(60)"))
            case .outrun: version = try await store.put([9], for: key("manifest"), if: .always)
            case .lateForIt:
                clock.advance(by: lease)
                leased = try #require(try await bus.receive(1, lease: lease).first)
            case .unpublishable: follower.id = "\u{0}"
            }
            let before = try await store.entry(for: key("manifest"))
            let tried = (
                ending == .lateForIt
                    ? EventDelivery(event: leased.event, receipt: "7", attempt: 1) : leased,
                try changes(
                    ending == .outrun ? StoreVersion(version.rawValue &+ 1) : version, in: store)
            )
            let failure = await #expect(throws: Failure.self) {
                try await bus.settle(
                    tried.0, as: .done, publishing: [follower], keeping: tried.1)
            }
            #expect(failure?.code == ending.code, "\(failure as Failure?)")
            #expect(try await store.entry(for: key("manifest")) == before)
            #expect(try await store.entry(for: key("days")) == nil)
            #expect(try await bus.queued().map(\.event.id) == ["a"])

            if [.aborted, .cut].contains(ending) { _ = try await sql(Self.again) }
            try await bus.settle(
                leased, as: .done, publishing: [event("b")], keeping: changes(version, in: store))
            #expect(try await store.entry(for: key("manifest"))?.value == [2])
            #expect(try await store.entry(for: key("days"))?.value == [1])
            #expect(try await bus.queued().map(\.event.id) == ["b"])
        }
    }

    @Test("is absent if the server is killed during the commit")
    func killed() async throws {
        try await PostgresServer.with { server in
            let clock = ManualClock(noon)
            let store = PostgresStore(try database(server.url()), clock: clock)
            let bus = PostgresBus(try impatientDatabase(server.url()), clock: clock)
            let version = try await store.put([1], for: key("manifest"), if: .absent)
            try await bus.publish([event("a")])
            let leased = try #require(try await bus.receive(1, lease: lease).first)
            try await server.sql(Self.atCommit("PERFORM pg_sleep(60)"))
            let changes = try changes(version, in: store)
            let settling = Task {
                try await bus.settle(
                    leased, as: .done, publishing: [event("b")], keeping: changes)
            }
            let committing = """
                SELECT count(*) FROM pg_stat_activity
                WHERE query = 'COMMIT' AND wait_event = 'PgSleep'
                """
            while try await server.sql(committing) != "1\n" { try Task.checkCancellation() }
            try await server.stop(.immediate)
            let failure = await #expect(throws: Failure.self) { try await settling.value }
            #expect(failure?.code == .unavailable)

            try await server.start()
            try await server.sql(Self.again)
            #expect(try await store.entry(for: key("manifest"))?.value == [1])
            #expect(try await store.entry(for: key("days")) == nil)
            #expect(try await bus.queued().map(\.event.id) == ["a"])
            try await bus.settle(
                leased, as: .done, publishing: [event("b")], keeping: changes)
            #expect(try await store.entry(for: key("manifest"))?.value == [2])
            #expect(try await bus.queued().map(\.event.id) == ["b"])
        }
    }

    @Test("counts once per event when several are settled at once, also on a new entry")
    func atOnce() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            let clock = ManualClock(noon)
            let store = PostgresStore(try database(url), clock: clock)
            let buses = try (0..<4).map { _ in PostgresBus(try database(url), clock: clock) }
            try await buses[0].publish((0..<40).map { event("\($0)") })
            let leased = try await buses[0].receive(40, lease: lease)
            let days = try key("days")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, delivery) in leased.enumerated() {
                    group.addTask {
                        try await buses[place % 4].settle(
                            delivery, as: .done, publishing: [event("next/\(place)")],
                            keeping: StateChanges(
                                [.update(days, until: nil) { ($0 ?? []) + [UInt8(place)] }],
                                in: store))
                    }
                }
                try await group.waitForAll()
            }
            let value = try await store.entry(for: days)?.value
            #expect(value?.sorted() == (0..<40).map(UInt8.init))
            #expect(try await buses[0].queued().count == 40)
        }
    }

    @Test("stores state of another database first")
    func elsewhere() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            try await SharedPostgres.withDatabase { other, _ in
                let clock = ManualClock(noon)
                let bus = PostgresBus(try impatientDatabase(url), clock: clock)
                let stores: [any KeyValueStore] = [
                    PostgresStore(try database(other), clock: clock), MemoryStore(clock: clock),
                ]
                try await bus.publish([event("a")])
                let leased = try #require(try await bus.receive(1, lease: lease).first)
                _ = try await sql(Self.atCommit("RAISE 'not now'"))
                for store in stores {
                    let version = try await store.put([1], for: key("manifest"), if: .absent)
                    let changes = try changes(version, in: store)
                    await #expect(throws: Failure.self) {
                        try await bus.settle(
                            leased, as: .done, publishing: [event("b")], keeping: changes)
                    }
                    #expect(try await store.entry(for: key("manifest"))?.value == [2])
                    #expect(try await bus.queued().map(\.event.id) == ["a"])
                }
            }
        }
    }

    @Test("publishes with state changes, or neither, without a leased event")
    func published() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            let store = PostgresStore(try database(url), clock: ManualClock(noon))
            let bus = PostgresBus(try database(url), clock: ManualClock(noon))
            let version = try await store.put([1], for: key("manifest"), if: .absent)
            let changes = try changes(version, in: store)
            await #expect(throws: Failure.self) {
                try await bus.publish([event("\u{0}")], keeping: changes)
            }
            #expect(try await store.entry(for: key("manifest"))?.value == [1])
            try await bus.publish([event("b")], keeping: changes)
            #expect(try await store.entry(for: key("manifest"))?.value == [2])
            #expect(try await store.entry(for: key("days"))?.value == [1])
            #expect(try await bus.queued().map(\.event.id) == ["b"])
        }
    }
}
