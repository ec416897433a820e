import InMemory
import Domain
import Fakes
import Ports
import Postgres
import Synchronization
import TestSupport
import Testing

/// What a function made of an event: its state, the events that follow, and that it is done.
@Suite("The end of an event in PostgreSQL", .timeLimit(.minutes(5)))
struct ConclusionTests {
    /// Where a transaction ends that does not succeed.
    enum Ending: CaseIterable {
        /// The server refuses to commit.
        case aborted
        /// The connection is lost while the server commits.
        case cut
        /// Another worker wrote the state meanwhile.
        case outrun
        /// Another worker has the event.
        case lateForIt
        /// What follows cannot be stored.
        case unpublishable

        var code: Failure.Code {
            switch self {
            case .aborted, .cut: .unavailable
            case .outrun, .lateForIt: .conflict
            case .unpublishable: .malformedEvent
            }
        }
    }

    /// Has the server do something at the moment of the commit that settles an event.
    static func atCommit(_ what: String) -> String {
        """
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN \(what); RETURN NULL; END $$;
        CREATE CONSTRAINT TRIGGER stop AFTER DELETE ON copilot_usage.event
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION stop();
        """
    }

    static let again = "DROP FUNCTION stop() CASCADE"

    /// A value that replaces another, and a count.
    private func changes(
        _ version: StoreVersion, in store: any KeyValueStore
    ) throws -> StateChanges {
        StateChanges(
            [
                .put([2], for: try key("manifest"), if: .version(version), until: nil),
                .update(try key("days"), until: nil) { ($0 ?? []) + [1] },
            ], in: store)
    }

    @Test("is there with all its parts or with none", arguments: Ending.allCases)
    func together(ending: Ending) async throws {
        try await SharedPostgres.withDatabase { url, sql in
            let clock = ManualClock(noon)
            let store = PostgresStore(try database(url), clock: clock)
            // As it is with two variables that hold one address.
            let bus = PostgresBus(try impatientDatabase(url), clock: clock)
            var version = try await store.put([1], for: key("manifest"), if: .absent)
            try await bus.publish([event("a")])
            var lent = try #require(try await bus.receive(1, lease: lease).first)
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
                lent = try #require(try await bus.receive(1, lease: lease).first)
            case .unpublishable: follower.id = "\u{0}"
            }
            let before = try await store.entry(for: key("manifest"))
            let tried = (
                ending == .lateForIt
                    ? EventDelivery(event: lent.event, receipt: "7", attempt: 1) : lent,
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
                lent, as: .done, publishing: [event("b")], keeping: changes(version, in: store))
            #expect(try await store.entry(for: key("manifest"))?.value == [2])
            #expect(try await store.entry(for: key("days"))?.value == [1])
            #expect(try await bus.queued().map(\.event.id) == ["b"])
        }
    }

    @Test("is nowhere when the server is killed in the middle of the commit")
    func killed() async throws {
        try await PostgresServer.with { server in
            let clock = ManualClock(noon)
            let store = PostgresStore(try database(server.url()), clock: clock)
            let bus = PostgresBus(try impatientDatabase(server.url()), clock: clock)
            let version = try await store.put([1], for: key("manifest"), if: .absent)
            try await bus.publish([event("a")])
            let lent = try #require(try await bus.receive(1, lease: lease).first)
            try await server.sql(Self.atCommit("PERFORM pg_sleep(60)"))
            let changes = try changes(version, in: store)
            let settling = Task {
                try await bus.settle(
                    lent, as: .done, publishing: [event("b")], keeping: changes)
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
                lent, as: .done, publishing: [event("b")], keeping: changes)
            #expect(try await store.entry(for: key("manifest"))?.value == [2])
            #expect(try await bus.queued().map(\.event.id) == ["b"])
        }
    }

    @Test("counts once whoever else ends one at the same time, on an entry that was not there yet")
    func atOnce() async throws {
        try await SharedPostgres.withDatabase { url, _ in
            let clock = ManualClock(noon)
            let store = PostgresStore(try database(url), clock: clock)
            let buses = try (0..<4).map { _ in PostgresBus(try database(url), clock: clock) }
            try await buses[0].publish((0..<40).map { event("\($0)") })
            let lent = try await buses[0].receive(40, lease: lease)
            let days = try key("days")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, delivery) in lent.enumerated() {
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

    @Test("whose state is elsewhere keeps that first")
    func elsewhere() async throws {
        try await SharedPostgres.withDatabase { url, sql in
            try await SharedPostgres.withDatabase { other, _ in
                let clock = ManualClock(noon)
                let bus = PostgresBus(try impatientDatabase(url), clock: clock)
                let stores: [any KeyValueStore] = [
                    PostgresStore(try database(other), clock: clock), MemoryStore(clock: clock),
                ]
                try await bus.publish([event("a")])
                let lent = try #require(try await bus.receive(1, lease: lease).first)
                _ = try await sql(Self.atCommit("RAISE 'not now'"))
                for store in stores {
                    let version = try await store.put([1], for: key("manifest"), if: .absent)
                    let changes = try changes(version, in: store)
                    await #expect(throws: Failure.self) {
                        try await bus.settle(
                            lent, as: .done, publishing: [event("b")], keeping: changes)
                    }
                    #expect(try await store.entry(for: key("manifest"))?.value == [2])
                    #expect(try await bus.queued().map(\.event.id) == ["a"])
                }
            }
        }
    }

    @Test("without a lease is what a command publishes, with its state or not at all")
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
