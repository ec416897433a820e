import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import Logging
import Ports
import Problems
@testable import Runner
import Testing
import Toolbox
import Worker

@Suite("The health of a collection", .timeLimit(.minutes(1)))
struct HealthTests {
    let clock: ManualClock
    let store: MemoryStore
    let bus: MemoryBus
    let now: Timestamp

    init() throws {
        now = try #require(Timestamp("2026-11-22T08:00:00Z"))
        clock = ManualClock(now)
        store = MemoryStore(clock: clock)
        bus = MemoryBus(clock: clock)
    }

    private var reader: HealthReader { HealthReader(store: store, bus: bus, clock: clock) }

    private func connect() async throws {
        let integration = try Sample.integration(["acme"])
        try await store.put(
            JSON.encode(integration), for: .integration(integration.id), if: .always)
    }

    private func ticked(_ time: String) async throws {
        let last = LastTick(at: try #require(Timestamp(time)))
        try await store.put(JSON.encode(last), for: .tickRun, if: .always)
    }

    private func keep(_ problems: [Problem], at key: StoreKey) async throws {
        try await store.put(JSON.encode(ProblemList(problems)), for: key, if: .always)
    }

    @Test("is not ok while nobody is connected")
    func nobody() async throws {
        let health = await reader.health()
        #expect(health.status == .problems)
        #expect(health.problems.map(\.kind) == [.notConnected])
    }

    @Test("is ok when nothing is in the way")
    func fine() async throws {
        try await connect()
        try await ticked("2026-11-22T06:00:00Z")
        let health = await reader.health()
        #expect(health.status == .ok)
        #expect(health.problems.isEmpty && health.notices.isEmpty)
        #expect(
            String(decoding: JSON.encode(health), as: UTF8.self)
                == #"{"notices":[],"problems":[],"status":"ok","time":"2026-11-22T08:00:00Z"}"#)
    }

    @Test("lists stored problems of connected integrations, oldest first, notices apart")
    func stored() async throws {
        try await connect()
        let id = try #require(IntegrationID("1001-copilot"))
        let gone = try #require(IntegrationID("9-removed"))
        let old = now.advanced(by: .seconds(-86_400))
        try await keep(
            [
                Problem(.suspended, "b", integration: "1001-copilot", text: "b", at: now),
                Problem(
                    .notOwner, "c", level: .notice, integration: "1001-copilot", text: "c", at: now),
            ], at: .problems(id))
        try await keep(
            [Problem(.source, "a", integration: "1001-copilot", text: "a", at: old)],
            at: .problems(id, InstallationID(555)))
        try await keep(
            [Problem(.authorization, "d", integration: "9-removed", text: "d", at: now)],
            at: .problems(gone))
        let health = await reader.health()
        #expect(health.problems.map(\.id) == ["a", "b"])
        #expect(health.notices.map(\.id) == ["c"])
    }

    @Test(
        "includes a tick that does not come",
        arguments: [
            ("2026-11-22T06:00:00Z", false), ("2026-11-21T06:00:01Z", false),
            ("2026-11-21T05:59:59Z", true), ("2026-11-01T06:00:00Z", true),
        ])
    func missedTick(last: String, isMissed: Bool) async throws {
        try await connect()
        try await ticked(last)
        #expect(await reader.health().problems.map(\.kind) == (isMissed ? [.missedTick] : []))
    }

    @Test("judges a state by the virtual clock that played it, until a real tick comes")
    func virtual() async throws {
        try await connect()
        try await ticked("2026-04-18T06:00:00Z")
        let played = try #require(Timestamp("2026-04-18T07:00:00Z"))
        try await StateClock(store).stop(at: played)
        let health = await reader.health()
        #expect(health.status == .ok && health.time == played)
        try await ticked("2026-11-22T06:00:00Z")
        #expect(await reader.health().time == now)
    }

    @Test("includes dead letters and events that are tried again, those with one reason together")
    func queue() async throws {
        try await connect()
        let events = ["acme", "bar", "zoo"].map { name in
            CloudEvent(
                id: name, type: .collect, subject: "\(name)/2026-11-21", time: now,
                data: .object(["organization": .string(name)]))
        }
        try await bus.publish(events)
        #expect(await reader.health().status == .ok)
        for delivery in try await bus.receive(3, lease: .seconds(20)) {
            let isDead = delivery.event.id != "zoo"
            try await bus.settle(
                delivery,
                as: isDead
                    ? .dead(reason: "malformedReply: html")
                    : .retry(after: .seconds(60), reason: "unavailable: 502"))
        }
        let health = await reader.health()
        #expect(health.problems.map(\.kind) == [.deadLetters, .retrying])
        #expect(health.problems[0].text == "2 events failed permanently: malformedReply: html")
        #expect(health.problems[0].remedy?.contains("dead-letters redrive") == true)
        #expect(health.problems[1].organization == "zoo")
        #expect(health.problems[1].remedy?.contains("2026-11-22T08:01:00Z") == true)
    }

    @Test(
        "takes no unfinished event for a problem of its own, and a conflict for a note",
        arguments: [
            (Failure.unfinished(retryAfterSeconds: 60).description, 0, 0),
            ("conflict: manifest/1 changed since it was read", 0, 1),
            ("timedOut: no response", 1, 0),
        ])
    func retries(reason: String, problems: Int, notices: Int) throws {
        let event = CloudEvent(id: "a", type: .collect, time: now, data: .object([:]))
        let queued = QueuedEvent(event: event, attempts: 1, due: now, reason: reason)
        let health = Health(QueueProblems.found(in: [queued], at: now), at: now)
        #expect(health.problems.count == problems)
        #expect(health.notices.count == notices)
    }

    @Test("follows the manifests where they were read, and keeps the stored beginning")
    func manifests() async throws {
        try await connect()
        let bad = try Sample.manifest("acme", "2026-11-20", .failed, reason: "why")
        let good = try Sample.manifest("acme", "2026-11-21")
        // A problem that a manifest no longer shows has ended; one that it shows is there.
        let health = await reader.health(manifests: [bad, good])
        #expect(health.problems.map(\.source) == ["users-1-day"])
        #expect(health.problems.first?.days?.map(\.description) == ["2026-11-20"])
        var stored = try #require(health.problems.first)
        stored.since = now.advanced(by: .seconds(-500))
        let id = try #require(IntegrationID("1001-copilot"))
        try await keep([stored], at: .problems(id, InstallationID(555)))
        #expect(
            await reader.health(manifests: [bad, good]).problems.map(\.since) == [stored.since])
        #expect(await reader.health(manifests: [good]).status == .ok)
        #expect(await reader.health().status == .problems)
    }

    @Test("is not ok if the state cannot be read")
    func unreadable() async throws {
        let id = try #require(IntegrationID("1001-copilot"))
        try await store.put([1], for: .integration(id), if: .always)
        let health = await reader.health()
        #expect(health.problems.map(\.kind) == [.state])
        #expect(health.problems.first?.text.contains("integration/1001-copilot") == true)
    }

    @Test("still shows the other problems if the time of the last tick is damaged")
    func damagedTick() async throws {
        try await connect()
        let id = try #require(IntegrationID("1001-copilot"))
        try await keep(
            [Problem(.suspended, "b", integration: "1001-copilot", text: "b", at: now)],
            at: .problems(id))
        let damaged = DamagedStore(store, [.tickRun])
        let health = await HealthReader(store: damaged, bus: bus, clock: clock).health()
        #expect(health.problems.map(\.kind) == [.suspended, .state])
        #expect(health.problems.last?.text == "tick/last is damaged")
    }

    @Test("says in the text what is wrong, since when, and what to do")
    func shown() throws {
        let problem = Problem(
            .source, "s", integration: "1-x", organization: "acme", source: "users-1-day",
            outcome: "failed", days: [try #require(Day("2026-11-20"))], text: "line 7 is not JSON",
            remedy: "Ask <GitHub>", at: now)
        let later = now.advanced(by: .seconds(2 * 86_400))
        let text = ProblemText.lines(Health([problem], at: later), .plain)
        #expect(
            text == [
                "Problems", "  acme, users-1-day: failed (2026-11-20)",
                "    line 7 is not JSON. Since 2026-11-22T08:00:00Z (2 days).",
                "    To do: Ask <GitHub>",
            ])
    }

    @Test("says a text once, above it the organizations that it applies to")
    func grouped() throws {
        let days = [try #require(Day("2026-11-20")), try #require(Day("2026-11-21"))]
        let problems = (1...31).flatMap { (number: Int) -> [Problem] in
            ["organization-1-day", "users-1-day"].map { (source: String) in
                Problem(
                    .source, "\(number)/\(source)", integration: "1-x",
                    organization: "org-\(number)", source: source, outcome: "policy-off",
                    days: days, text: "switch it on", at: now)
            }
        }
        let text = ProblemText.lines(Health(problems, at: now), .plain)
        #expect(text.count { $0.contains("switch it on") } == 1)
        #expect(text.contains("  and 21 more"))
        #expect(
            text.contains { $0.hasSuffix("organization-1-day, users-1-day: policy-off (2 days)") })
    }

    @Test("warns of dead letters when they come, once a day, and when they are gone")
    func watch() async throws {
        let watch = ProblemWatch(store: store, bus: bus, logger: CountingWork.quiet)
        #expect(try await watch.look(at: clock.now()).isEmpty)
        try await bus.publish([
            CloudEvent(id: "a", type: .collect, time: now, data: .object([:]))
        ])
        let delivery = try #require(try await bus.receive(1, lease: .seconds(20)).first)
        try await bus.settle(delivery, as: .dead(reason: "malformedReply: html"))
        #expect(try await watch.look(at: clock.now()).began.map(\.kind) == [.deadLetters])
        #expect(try await watch.look(at: clock.now()).isEmpty)
        clock.advance(by: .seconds(86_400))
        #expect(try await watch.look(at: clock.now()).lasting.count == 1)
        #expect(try await watch.look(at: clock.now()).isEmpty)
        try await bus.redrive(nil)
        #expect(try await watch.look(at: clock.now()).ended.count == 1)
    }
}

@Suite("One organization explained")
struct OrganizationReportTests {
    private func report(
        _ login: String, day: Day? = nil, _ manifests: [Manifest], queued: [QueuedEvent] = []
    ) throws -> OrganizationReport? {
        OrganizationReport(
            of: try #require(OrganizationLogin(login)), day: day, manifests: manifests,
            integrations: [], health: Health([], at: Timestamp(seconds: 1_795_327_200)),
            queued: queued, journal: [])
    }

    @Test("names every day, every reason once, and why days are not final")
    func organization() throws {
        var late = try Sample.manifest(
            "acme", "2026-11-21", .notReady, reason: "GitHub has none yet")
        late.next = "every tick reads this day again"
        let final = try Sample.manifest("acme", "2026-11-14", isFinal: true)
        let report = try #require(
            try report("ACME", [late, final, try Sample.manifest("zoo", "2026-11-21")]))
        #expect(report.days.map(\.day.description) == ["2026-11-14", "2026-11-21"])
        let text = report.lines(at: Timestamp(seconds: 1_795_327_200), .plain).joined(
            separator: "\n")
        for words in [
            "2026-11-14      101  final", "2026-11-21       61  not final", "not-ready 1",
            "acme, users-1-day: not-ready (2026-11-21)", "GitHub has none yet",
            "Days that are not final", "every tick reads this day again",
        ] {
            #expect(text.contains(words), "\(words) is not in\n\(text)")
        }
        #expect(!text.contains("zoo"))
    }

    @Test("explains each source of a day, the attempts and what comes next")
    func day() throws {
        let day = try #require(Day("2026-11-21"))
        var manifest = try Sample.manifest(
            "acme", "2026-11-21", .failed, reason: "line 7 is not JSON")
        manifest.next = "the event bus retries this day"
        let event = CloudEvent(
            id: "collect/1", type: .collect, subject: "acme/2026-11-21",
            time: Timestamp(seconds: 0), data: .object([:]))
        let queued = QueuedEvent(
            event: event, attempts: 2, due: Timestamp(seconds: 60), reason: "unavailable: 502")
        let report = try #require(try report("acme", day: day, [manifest], queued: [queued]))
        let text = report.lines(of: manifest, at: Timestamp(seconds: 1_795_327_200), .plain)
            .joined(separator: "\n")
        for words in [
            "61 samples, not final. Last read at", "users-1-day: failed", "line 7 is not JSON.",
            "organization-1-day: written", "Next: the event bus retries this day",
            "On the bus, due at 1970-01-01T00:01:00Z, after 2 attempts: unavailable: 502",
        ] {
            #expect(text.contains(words), "\(words) is not in\n\(text)")
        }
    }

    @Test("knows nothing of an organization that nobody mentions")
    func unknown() throws {
        #expect(try report("nobody", [try Sample.manifest("acme", "2026-11-21")]) == nil)
    }
}

@Suite("A diagnosis in words")
struct DiagnosisTextTests {
    @Test("says equal findings once")
    func grouped() {
        var diagnosis = Diagnosis.unreadable(Failure(.misconfigured, "GITHUB_APP_ID is not set"))
        let before = DiagnosisText.lines(diagnosis, .plain).count
        for number in 1...40 {
            diagnosis.note(.token, "org-\(number)", .skipped(needs: .authorization))
            diagnosis.note(.report, "org-\(number)", .problem("no report", fix: "wait a day"))
        }
        let lines = DiagnosisText.lines(diagnosis, .plain)
        #expect(lines.count == before + 4)
        #expect(lines.contains { $0.contains("org-1, org-2, org-3 and 37 more  skipped") })
        #expect(lines.count { $0.contains("wait a day") } == 1)
        #expect(lines.contains("  report of org-1, org-2, org-3 and 37 more"))
        // The totals count each.
        #expect(lines.last?.contains("41 problems") == true)
    }
}
