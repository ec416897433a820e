import Domain
import FunctionInterface
import InMemory
import Ports
import Runner
import Testing
import Toolbox
import Worker

@Suite("A tick beside another process")
struct SharedTickTests {
    let clock = ManualClock(Timestamp(seconds: 1_795_348_800))  // 2026-11-22T12:00:00Z
    let store: MemoryStore
    let bus: MemoryBus

    init() {
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
    }

    private static let days = ["2026-11-19", "2026-11-20", "2026-11-21"]

    private func request(_ day: String, _ organization: String = "acme") throws -> CloudEvent {
        CollectEvent(
            integration: try #require(IntegrationID("1001-copilot")),
            installation: InstallationID(555),
            organization: try #require(OrganizationLogin(organization)),
            day: try #require(Day(day))
        ).cloudEvent(organizationID: 1, time: clock.now())
    }

    /// A manifest that was read a number of seconds after now.
    private func manifest(
        _ day: String, after seconds: Int64 = 5, _ outcome: Outcome = .written
    ) throws -> Manifest {
        var manifest = try Sample.manifest("acme", day, outcome, reason: "as it is")
        manifest.readAt = clock.now().advanced(by: .seconds(seconds))
        return manifest
    }

    private func keep(_ manifest: Manifest) async throws {
        try await store.put(
            JSON.encode(manifest),
            for: .manifest(manifest.integration, manifest.installation, manifest.day), if: .always)
    }

    private func entry(_ event: CloudEvent, _ result: Conclusion.Summary) -> JournalEntry {
        JournalEntry(
            time: clock.now(), function: event.type.function, event: event.id,
            subject: event.subject, verdict: .done, result: result)
    }

    private func summary(_ reason: String) -> Conclusion.Summary {
        .tick(
            TickSummary(
                time: clock.now(), events: 3,
                skipped: [Notice(organization: "other", reason: reason)], attention: []))
    }

    private func tick(from: String? = nil, to: String? = nil) throws -> SharedTick {
        SharedTick(
            at: clock.now(), from: from.flatMap { Day($0) }, to: to.flatMap { Day($0) },
            now: clock.now())
    }

    @Test("reports what another process took of its events, and says how many")
    func taken() async throws {
        let tick = try tick()
        let requests = try Self.days.map { try request($0) }
        tick.note(requests, of: tick.event)
        for day in Self.days { try await keep(manifest(day)) }
        let own = try [
            entry(tick.event, summary("not yours")),
            entry(requests[0], .day(manifest(Self.days[0]))),
        ]
        let report = try await tick.report(of: own, queued: [], store: store, journal: [])
        #expect(report.manifests.map(\.day.description) == Self.days)
        #expect(report.taken == TickReport.Taken(events: 2, of: 3))
        #expect(report.skipped.map(\.reason) == ["not yours"])
        #expect(!report.isFault())
    }

    @Test("says nothing about others if it handled everything itself")
    func alone() async throws {
        let tick = try tick()
        let request = try request("2026-11-21")
        tick.note([request], of: tick.event)
        let own = try [
            entry(tick.event, summary("x")), entry(request, .day(manifest("2026-11-21"))),
        ]
        let report = try await tick.report(of: own, queued: [], store: store, journal: [])
        #expect(report.taken == nil && report.manifests.count == 1)
    }

    @Test("counts what failed elsewhere, waits or is missing as a fault")
    func failed() async throws {
        let tick = try tick()
        let requests = try Self.days.map { try request($0) }
        tick.note(requests, of: tick.event)
        try await keep(manifest(Self.days[0], after: 5, .failed))
        try await keep(manifest(Self.days[1], after: -500))
        let waiting = [
            QueuedEvent(
                event: requests[1], attempts: 1, due: clock.now().advanced(by: .seconds(60)),
                reason: "unavailable: no disk")
        ]
        let report = try await tick.report(
            of: [entry(tick.event, summary("x"))], queued: waiting, store: store, journal: [])
        // The older manifest is no result of this tick.
        #expect(report.manifests.map(\.day.description) == [Self.days[0]])
        #expect(report.isFault())
        let reasons = report.skipped.filter { $0.organization == "acme" }
        #expect(reasons.map(\.day) == [Self.days[1], Self.days[2]])
        #expect(reasons.first?.reason.contains("no disk; it will be retried at") == true)
        #expect(reasons.last?.reason.contains("left no result") == true)
    }

    @Test("finds the results when another process ran the tick itself")
    func tickTaken() async throws {
        let tick = try tick(from: Self.days[0], to: Self.days[1])
        for day in Self.days { try await keep(manifest(day)) }
        try await keep(manifest("2026-11-18", after: -500))
        let own = [try entry(request(Self.days[1]), .day(manifest(Self.days[1])))]
        let journal = [entry(tick.event, summary("not yours"))] + own
        let report = try await tick.report(of: own, queued: [], store: store, journal: journal)
        #expect(report.manifests.map(\.day.description) == Array(Self.days.prefix(2)))
        #expect(report.taken == TickReport.Taken(events: 1, of: 2))
        #expect(report.skipped.map(\.reason) == ["not yours"])
        #expect(report.attention.isEmpty)
        // Without its journal the report does not pass for the whole.
        let blind = try await tick.report(of: own, queued: [], store: store, journal: [])
        #expect(blind.attention.map(\.reason).first?.contains("another process") == true)
    }

    @Test("knows what the parts of a split tick asked for, once it has run them all")
    func split() async throws {
        let tick = try tick()
        let parts = try ["1001-copilot", "1002-copilot"].map { id in
            CloudEvent.tick(at: clock.now(), integrations: [try #require(IntegrationID(id))])
        }
        let requests = try Self.days.map { try request($0) }
        tick.note(parts, of: tick.event)
        tick.note([requests[0]], of: parts[0])
        for day in Self.days { try await keep(manifest(day)) }
        let own = try [
            entry(tick.event, summary("x")), entry(parts[0], summary("y")),
            entry(requests[0], .day(manifest(Self.days[0]))),
        ]
        // Another process runs the second part: what it asked for is known from its results.
        let theirs = entry(parts[1], summary("z"))
        let shared = try await tick.report(
            of: own, queued: [], store: store, journal: [theirs])
        #expect(shared.taken == TickReport.Taken(events: 2, of: 3))
        #expect(Set(shared.skipped.map(\.reason)) == ["x", "y", "z"] && shared.attention.isEmpty)
        let blind = try await tick.report(of: own, queued: [], store: store, journal: [])
        #expect(blind.attention.map(\.reason).first?.contains("another process") == true)

        tick.note([requests[1]], of: parts[1])
        let whole = try await tick.report(
            of: own + [theirs], queued: [], store: store, journal: [])
        #expect(whole.taken == TickReport.Taken(events: 1, of: 2))
        #expect(whole.manifests.map(\.day.description) == Array(Self.days.prefix(2)))
    }

    @Test("tries at once what waits for another try, but not what GitHub told to wait")
    func repaired() async throws {
        let events = try ["2026-11-17", "2026-11-18", "2026-11-19"].map { try request($0) }
        try await bus.publish(events)
        let reasons = [
            "unavailable: no disk", "rateLimited: GitHub asks to wait", "unavailable: x",
        ]
        for (delivery, reason) in zip(try await bus.receive(3, lease: .seconds(20)), reasons) {
            try await bus.settle(delivery, as: .retry(after: .seconds(3_600), reason: reason))
        }
        let tick = try tick(from: "2026-11-01", to: "2026-11-18")
        try await tick.publish(on: bus)
        let due = try await bus.receive(10, lease: .seconds(20)).map(\.event.id)
        #expect(Set(due) == [events[0].id, tick.event.id])
    }

    @Test("waits for what is leased, and for its own events that met another for the same day")
    func soon() async throws {
        let tick = try tick()
        let requests = try (Self.days + ["2026-11-18"]).map { try request($0) }
        tick.note(Array(requests.prefix(3)), of: tick.event)
        func queued(
            _ place: Int, in seconds: Int64?, _ reason: String?, attempts: Int = 1
        )
            -> QueuedEvent
        {
            QueuedEvent(
                event: requests[place], attempts: attempts,
                due: seconds.map { clock.now().advanced(by: .seconds($0)) }, reason: reason)
        }
        let soon = [
            queued(0, in: 15, nil), queued(1, in: 60, "conflict: it changed"),
            queued(2, in: 15, "unavailable: leased for another try", attempts: 2),
        ]
        let others = [
            queued(3, in: 60, "conflict: it changed"), queued(2, in: 60, "unavailable: down"),
            queued(0, in: 0, nil, attempts: 0), queued(1, in: nil, "dead"),
        ]
        #expect(
            tick.soon(soon + others, at: clock.now(), lease: .seconds(20)) == soon)
    }
}
