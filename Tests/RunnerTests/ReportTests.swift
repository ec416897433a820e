import Domain
import Fakes
import FunctionInterface
import InMemory
import Ports
import Problems
import Runner
import Testing
import Toolbox
import Worker

/// Manifests and entries to report on.
enum Sample {
    static func manifest(
        _ organization: String, _ day: String, _ outcome: Outcome = .written,
        reason: String? = nil, isFinal: Bool = false
    ) throws -> Manifest {
        let event = CollectEvent(
            integration: try #require(IntegrationID("1001-copilot")),
            installation: InstallationID(555),
            organization: try #require(OrganizationLogin(organization)),
            day: try #require(Day(day)))
        return Manifest(
            event: event,
            sources: [
                .organization: SourceResult(.written, samples: 61, digest: "d"),
                .users: SourceResult(
                    outcome, samples: outcome == .written ? 40 : 0, reason: reason),
                .billing: SourceResult(.notApplicable, reason: "read with the newest day only"),
            ], final: isFinal, readAt: Timestamp(seconds: 0))
    }

    static func entry(
        _ manifest: Manifest, verdict: JournalEntry.Verdict = .done, attempt: Int = 1
    ) throws -> JournalEntry {
        var entry = JournalEntry(
            time: Timestamp(seconds: 0), function: .onCollectOrg,
            event: "collect/\(manifest.organization)/\(manifest.day)",
            subject: "\(manifest.organization)/\(manifest.day)", attempt: attempt, verdict: verdict)
        if verdict == .done {
            entry.result = .day(manifest)
        } else {
            entry.failure = FailureReport(Failure(.unavailable, "GitHub answers 502")).error
            entry.retryAt = verdict == .retry ? Timestamp(seconds: 60) : nil
        }
        return entry
    }

    static func integration(_ organizations: [String]) throws -> Integration {
        Integration(
            id: try #require(IntegrationID("1001-copilot")), name: "copilot",
            tags: SampleTags(application: "copilot"), user: GitHubUser(id: 7, login: "mona"),
            authorizedAt: Timestamp(seconds: 0),
            organizations: try organizations.map {
                Installation(
                    id: InstallationID(555), organizationID: 1,
                    organization: try #require(OrganizationLogin($0)), permissions: [:])
            })
    }
}

@Suite("The report of a tick")
struct TickReportTests {
    let tick = JournalEntry(
        time: Timestamp(seconds: 0), function: .onDailyTick, event: "tick/1", verdict: .done,
        result: .tick(
            TickSummary(
                time: Timestamp(seconds: 0), events: 2,
                skipped: [Notice(organization: "other", reason: "suspended")],
                attention: [Notice(reason: "look")])))

    @Test("contains manifests in order, skipped items and items that need attention")
    func sums() throws {
        let later = try Sample.manifest("acme", "2026-11-21")
        let earlier = try Sample.manifest("acme", "2026-11-20")
        let report = TickReport([tick, try Sample.entry(later), try Sample.entry(earlier)])
        #expect(report.manifests == [earlier, later])
        #expect(report.skipped == [Notice(organization: "other", reason: "suspended")])
        #expect(report.attention == [Notice(reason: "look")])
        #expect(!report.isFault())
        let json = try JSON.decode(JSONValue.self, from: JSON.encode(report), at: "report")
        guard case .object(let members) = json else {
            Issue.record("the report is no object")
            return
        }
        #expect(Set(members.keys) == ["manifests", "skipped", "attention"])
    }

    @Test(
        "is a fault exactly if an outcome is",
        arguments: Outcome.allCases.map { ($0, $0.isFault) })
    func faults(outcome: Outcome, isFault: Bool) throws {
        let manifest = try Sample.manifest("acme", "2026-11-21", outcome, reason: "why")
        #expect(TickReport([try Sample.entry(manifest)]).isFault() == isFault)
    }

    @Test(
        "names a day that failed as a whole, and its next attempt",
        arguments: [
            (JournalEntry.Verdict.retry, "it will be retried at 1970-01-01T00:01:00Z"),
            (.dead, "it is a dead letter now"),
        ])
    func failed(verdict: JournalEntry.Verdict, words: String) throws {
        let manifest = try Sample.manifest("acme", "2026-11-21")
        let report = TickReport([try Sample.entry(manifest, verdict: verdict)])
        #expect(report.isFault())
        #expect(report.manifests.isEmpty)
        let skipped = try #require(report.skipped.first)
        #expect(skipped.organization == "acme")
        #expect(skipped.day == "2026-11-21")
        #expect(skipped.reason == "unavailable: GitHub answers 502; \(words)")
    }

    @Test("is a fault if a requested organization was skipped, or an integration is revoked")
    func unread() throws {
        #expect(!TickReport([tick]).isFault())
        #expect(!TickReport([tick]).isFault(wanted: ["acme"]))
        #expect(TickReport([tick]).isFault(wanted: ["other"]))
        var revoked = tick
        revoked.result = .tick(
            TickSummary(
                time: Timestamp(seconds: 0), events: 0,
                attention: [Notice(integration: "1001", reason: "authorize again")]))
        #expect(TickReport([revoked]).isFault())
        revoked.result = .tick(
            TickSummary(
                time: Timestamp(seconds: 0), events: 0,
                attention: [
                    Notice(
                        integration: "1001", organization: "acme",
                        reason: "collected without knowing who owns it")
                ]))
        #expect(!TickReport([revoked]).isFault())
    }

    @Test("counts only the last attempt at a day")
    func lastAttempt() throws {
        let manifest = try Sample.manifest("acme", "2026-11-21")
        let report = TickReport([
            try Sample.entry(manifest, verdict: .retry), try Sample.entry(manifest, attempt: 2),
        ])
        #expect(!report.isFault() && report.skipped.isEmpty)
        #expect(report.manifests == [manifest])
    }
}

@Suite("Tables")
struct TableTests {
    @Test("align words to the left and numbers to the right, without spaces at the end")
    func aligned() {
        var table = Table([.words("NAME"), .numbers("COUNT"), .words("NOTE")])
        table.add(["a", "1", ""])
        table.add(["größer", "1000", "last"])
        #expect(
            table.lines() == ["NAME    COUNT  NOTE", "a           1", "größer  1,000  last"])
    }

    @Test("colour text without moving it, and only when asked")
    func colours() {
        var table = Table([.words("NAME"), .words("NOTE")])
        table.add([Table.Cell("abcdef", .bad), "x"])
        #expect(table.lines(.plain)[1] == "abcdef  x")
        #expect(
            table.lines(TextStyle(isColored: true))[1] == "\u{1B}[31mabcdef\u{1B}[0m  x")
    }

    @Test("replace control characters")
    func control() {
        var table = Table([.words("NAME")])
        table.add(["a\u{1B}[2Jb\n"])
        #expect(table.lines()[1] == "a?[2Jb?")
    }

    @Test("wrap reasons between words", arguments: [20, 30, 80])
    func wrapping(width: Int) {
        let text = "an owner of the organization has to approve the new permission"
        let lines = text.wrapped(width: width, indent: "  ")
        #expect(lines.allSatisfy { $0.count <= width && $0.hasPrefix("  ") })
        #expect(lines.map { $0.dropFirst(2) }.joined(separator: " ") == text)
    }

    @Test("count a day that was read again once, with its last result")
    func repeated() throws {
        let table = OutcomeTable([
            try Sample.manifest("acme", "2026-11-20", .notReady, reason: "none of 2026-11-20"),
            try Sample.manifest("acme", "2026-11-21", .notReady, reason: "none of 2026-11-21"),
            try Sample.manifest("acme", "2026-11-20"),
        ])
        #expect(
            table.lines(.plain)[2]
                == "              users-1-day            2       40  written 1, not-ready 2")
        #expect(
            table.reasons(.plain) == [
                "acme, users-1-day: not-ready (2 days)", "    none of that day",
            ])
    }

    @Test("show outcomes by organization and source, and each reason once")
    func outcomes() throws {
        let table = OutcomeTable([
            try Sample.manifest("acme", "2026-11-20"),
            try Sample.manifest("acme", "2026-11-21", .noPermission, reason: "approve Members"),
            try Sample.manifest("acme", "2026-11-22", .noPermission, reason: "approve Members"),
            try Sample.manifest("zoo", "2026-11-21", .notReady, reason: "GitHub has no report yet"),
        ])
        #expect(
            table.lines(.plain) == [
                "ORGANIZATION  SOURCE              DAYS  SAMPLES  OUTCOME",
                "acme          organization-1-day     3      183  written 3",
                "              users-1-day            3       40  written 1, no-permission 2",
                "              billing                3        0  not-applicable 3",
                "zoo           organization-1-day     1       61  written 1",
                "              users-1-day            1        0  not-ready 1",
                "              billing                1        0  not-applicable 1",
            ])
        #expect(
            table.reasons(.plain) == [
                "acme, users-1-day: no-permission (2 days)", "    approve Members",
                "zoo, users-1-day: not-ready (2026-11-21)", "    GitHub has no report yet",
            ])
    }

    @Test("show how many samples restatements changed")
    func restated() throws {
        var manifests = [
            try Sample.manifest("acme", "2026-11-20", .restated),
            try Sample.manifest("acme", "2026-11-21", .restated),
        ]
        manifests[0].sources[.users]?.changes = .init(changed: 16, added: 1)
        func outcome() -> String? {
            OutcomeTable(manifests).lines(.plain).first { $0.contains("users-1-day") }
        }
        #expect(outcome()?.hasSuffix("restated 2 (17 samples)") == true)
        manifests[1].sources[.users]?.changes = .init(changed: 500, removed: 3, estimated: true)
        #expect(outcome()?.hasSuffix("restated 2 (about 520 samples)") == true)
        manifests[0].sources[.users]?.changes = nil
        manifests[1].sources[.users]?.changes = nil
        #expect(outcome()?.hasSuffix("restated 2") == true)
    }
}

@Suite("Stored state", .timeLimit(.minutes(5)))
struct StateTests {
    let store = MemoryStore(clock: ManualClock(Timestamp(seconds: 0)))

    func keep(_ manifest: Manifest) async throws {
        let key = StoreKey.manifest(manifest.integration, manifest.installation, manifest.day)
        try await store.put(JSON.encode(manifest), for: key, if: .always)
    }

    func coverage(through newest: Day) async throws -> [Coverage] {
        let reader = StateReader(store)
        return try await reader.coverage(of: reader.manifests(), through: newest)
    }

    @Test("reports the coverage of an organization and its missing days")
    func coverage() async throws {
        let integration = try Sample.integration(["acme"])
        try await store.put(
            JSON.encode(integration), for: .integration(integration.id), if: .always)
        let newest = try #require(Day("2026-11-22"))
        let empty = try #require(try await coverage(through: newest).first)
        #expect(empty.days == 0 && empty.missing.isEmpty && empty.first == nil)

        try await keep(try Sample.manifest("acme", "2026-11-18", isFinal: true))
        try await keep(try Sample.manifest("acme", "2026-11-20", .failed, reason: "down"))
        let coverage = try #require(try await coverage(through: newest).first)
        #expect(coverage.days == 2 && coverage.finalDays == 1)
        #expect(coverage.missing.map(\.description) == ["2026-11-19", "2026-11-21", "2026-11-22"])
        #expect(coverage.samples == 162)
        #expect(coverage.sources[.users]?.outcome == .failed)
        #expect(coverage.givenUp.isEmpty)
        // Ticks up to the 17th of December look at the 20th of November, later ones do not.
        for (through, count) in [("2026-12-17", 0), ("2026-12-18", 1)] {
            let later = try await self.coverage(through: try #require(Day(through)))
            #expect(later.first?.givenUp.count == count, "\(through)")
        }
    }

    @Test("deletes the tokens of a removed integration, also when it is removed twice")
    func removal() async throws {
        let integration = try Sample.integration(["acme"])
        try await store.put(
            JSON.encode(integration), for: .integration(integration.id), if: .always)
        try await store.put([1], for: .credentials(integration.id), if: .always)
        let first = try await Integrations.remove(
            integration.id, from: store, at: Timestamp(seconds: 5))
        let second = try await Integrations.remove(
            integration.id, from: store, at: Timestamp(seconds: 9))
        #expect(first.removedAt == Timestamp(seconds: 5))
        #expect(second == first)
        #expect(try await store.entry(for: .credentials(integration.id)) == nil)
        #expect(try await StateReader(store).integrations() == [first])
        let newest = try #require(Day("2026-11-22"))
        #expect(try await coverage(through: newest).isEmpty)
    }

    @Test("forgets an organization that is missing, and nothing else")
    func forget() async throws {
        let (bar, now) = (try #require(OrganizationLogin("bar")), Timestamp(seconds: 5))
        func missing(_ organization: String, of id: Int) -> Problem {
            Problem(
                .missing, "missing/\(organization)", integration: "\(id)-copilot",
                organization: organization, text: "was collected before", at: now)
        }
        func keep(_ problems: [Problem], of id: Int) async throws {
            let key = StoreKey.problems(try #require(IntegrationID("\(id)-copilot")))
            let change = try await ProblemBook(store).reconcile(key, at: now) { _ in problems }
                .state
            try await store.keep(try #require(change))
        }
        let suspended = Problem(
            .suspended, "suspended/bar", integration: "1-copilot", organization: "bar",
            text: "it is",
            at: now)
        try await keep([missing("BAR", of: 1), missing("acme", of: 1), suspended], of: 1)
        try await keep([missing("bar", of: 2)], of: 2)
        let ended = try await Integrations.forget(bar, in: store, at: now)
        #expect(ended.map(\.integration) == ["1-copilot", "2-copilot"])
        let left = try await ProblemBook(store).all().flatMap(\.problems)
        #expect(left == [missing("acme", of: 1), suspended])
        let failure = await #expect(throws: Failure.self) {
            try await Integrations.forget(bar, in: store, at: now)
        }
        #expect(failure?.code == .notFound)
    }

    @Test("rejects the removal of an unknown integration")
    func unknown() async throws {
        let id = try #require(IntegrationID("nobody"))
        let failure = await #expect(throws: Failure.self) {
            try await Integrations.remove(id, from: store, at: Timestamp(seconds: 5))
        }
        #expect(failure?.code == .notFound)
    }

    @Test("names the key of an unreadable entry, and reads the others")
    func unreadable() async throws {
        let id = try #require(IntegrationID("1001-copilot"))
        let other = Integration(
            id: try #require(IntegrationID("1001-other")), name: "other",
            tags: SampleTags(application: "copilot"), user: GitHubUser(id: 1001, login: "ola"),
            authorizedAt: Timestamp(seconds: 0), organizations: [])
        try await store.put(JSON.encode(other), for: .integration(other.id), if: .always)
        try await store.put(Array("{".utf8), for: .integration(id), if: .always)
        let reader = StateReader(store)
        #expect(try await reader.integrations() == [other])
        #expect(try await reader.integrations() == [other])
        #expect(reader.problems.count == 1)
        #expect(reader.problems.first?.contains("integration/1001-copilot") == true)
    }
}
