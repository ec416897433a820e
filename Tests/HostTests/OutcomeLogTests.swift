import Domain
import Fakes
import FunctionInterface
import Host
import InMemory
import Logging
import Testing
import Toolbox
import Worker

@Suite("The log of outcomes")
struct OutcomeLogTests {
    static let start = Timestamp(seconds: 1_795_327_200)

    static func manifest(
        _ sources: [Source: SourceResult], reason: String? = nil
    ) throws -> Manifest {
        Manifest(
            event: CollectEvent(
                integration: try #require(IntegrationID("1-x")), installation: InstallationID(5),
                organization: try #require(OrganizationLogin("acme")),
                day: try #require(Day("2026-11-27"))),
            sources: sources, final: false, readAt: start, reason: reason)
    }

    @Test("says what became of a day, in one line")
    func day() throws {
        let cases: [([Source: SourceResult], String, Bool)] = [
            (
                [.organization: SourceResult(.written, samples: 2_134)],
                "acme 2026-11-27: 2,134 samples", false
            ),
            (
                [.organization: SourceResult(.unchanged, samples: 1)],
                "acme 2026-11-27: 1 sample, unchanged", false
            ),
            (
                [
                    .organization: SourceResult(.written, samples: 10),
                    .users: SourceResult(.failed, reason: "line 7 is not JSON"),
                    .userTeams: SourceResult(.notReady, reason: "GitHub has no report yet"),
                    .billing: SourceResult(.notBilledHere, reason: "an enterprise pays"),
                ],
                "acme 2026-11-27: 10 samples; users-1-day failed: line 7 is not JSON; "
                    + "user-teams-1-day not-ready", true
            ),
            (
                [
                    .organization: SourceResult(.policyOff, reason: "switch it on"),
                    .users: SourceResult(.policyOff, reason: "switch it on"),
                ],
                "acme 2026-11-27: 0 samples; organization-1-day, users-1-day policy-off: "
                    + "switch it on", true
            ),
            (
                [
                    .organization: SourceResult(
                        .failed,
                        reason:
                            "wait 60 min before requesting the report organization-1-day of acme "
                            + "for 2026-11-27 again"),
                    .users: SourceResult(
                        .failed,
                        reason: "wait 60 min before requesting the report users-1-day of acme for "
                            + "2026-11-27 again"),
                    .billing: SourceResult(
                        .failed, reason: "wait 60 min before requesting the bill of acme again"),
                    .members: SourceResult(.notReady, reason: "no users were sent"),
                ],
                "acme 2026-11-27: 0 samples; organization-1-day, users-1-day, billing failed: "
                    + "wait 60 min before requesting them again; members not-ready", true
            ),
            (
                [
                    .organization: SourceResult(
                        .failed, reason: "line 2 is not JSON. Nothing was sent. The next tick asks"),
                    .users: SourceResult(
                        .failed,
                        reason:
                            "line 7 is not JSON. 3 records are. Nothing was sent. The next tick asks"
                    ),
                    .userTeams: SourceResult(.notReady),
                ],
                "acme 2026-11-27: 0 samples; organization-1-day failed: line 2 is not JSON; "
                    + "users-1-day failed: line 7 is not JSON. 3 records are; user-teams-1-day "
                    + "not-ready; Nothing was sent. The next tick asks", true
            ),
            (
                [
                    .organization: SourceResult(.failed, reason: "a. b"),
                    .users: SourceResult(.failed, reason: "b"),
                    .userTeams: SourceResult(.noPermission),
                ],
                "acme 2026-11-27: 0 samples; organization-1-day failed: a. b; users-1-day failed: b; "
                    + "user-teams-1-day no-permission", true
            ),
            (
                [.users: SourceResult(.restated, samples: 1_000_000)],
                "acme 2026-11-27: 1,000,000 samples; users-1-day restated", false
            ),
        ]
        for (sources, text, isFault) in cases {
            let summary = Conclusion.Summary.day(try Self.manifest(sources))
            #expect(summary.text == text)
            #expect(summary.isFault == isFault)
        }
        let whole = Conclusion.Summary.day(try Self.manifest([:], reason: "suspended"))
        #expect(whole.text == "acme 2026-11-27: 0 samples; not read: suspended")
        #expect(whole.isFault)
    }

    @Test("says what a tick found")
    func tick() {
        func text(_ events: Int, _ organizations: Int?, _ skipped: Int, _ attention: Int) -> String
        {
            let notice = Notice(reason: "why")
            return Conclusion.Summary.tick(
                TickSummary(
                    time: Self.start, events: events, organizations: organizations,
                    skipped: Array(repeating: notice, count: skipped),
                    attention: Array(repeating: notice, count: attention))
            ).text
        }
        let head = "daily tick 2026-11-22T06:00:00Z: "
        #expect(text(120, 40, 0, 0) == head + "120 days of 40 organizations")
        #expect(text(1, 1, 1, 1) == head + "1 day of 1 organization; 1 skipped; 1 needs attention")
        #expect(text(0, 0, 0, 2) == head + "nothing to collect; 2 need attention")
        #expect(text(2_441, nil, 0, 0) == head + "2,441 days")
    }

    @Test(
        "separates thousands",
        arguments: [
            (0, "0"), (7, "7"), (999, "999"), (1_000, "1,000"), (12_345, "12,345"),
            (123_456, "123,456"), (1_234_567, "1,234,567"), (-1_234, "-1,234"),
        ])
    func separated(number: Int, text: String) { #expect(number.grouped == text) }

    /// What is logged, without the times.
    private func lines(_ body: (Logger) -> Void) -> [String] {
        let written = Written()
        body(
            Logger(label: "test") { _ in
                LineLogHandler(
                    logLevel: .info, format: .text, clock: ManualClock(Self.start),
                    write: { written.append($0) })
            })
        return written.lines.map { line in
            line.split { $0 == " " || $0 == "\n" }.dropFirst().joined(separator: " ")
        }
    }

    @Test("warns when a problem begins and while it lasts, and says how long it lasted")
    func problems() {
        var problem = Problem(
            .authorization, "authorization/1-x", integration: "1-x",
            text: "nothing is collected: revoked", remedy: "Authorize again", at: Self.start)
        let fields = " integration=1-x problem=authorization"
        let since = " since=2026-11-22T06:00:00Z"
        #expect(
            lines { $0.log(ProblemChanges(began: [problem])) } == [
                "WARNING Problem: 1-x: nothing is collected: revoked. To do: Authorize again"
                    + fields + since
            ])
        #expect(
            lines { $0.log(ProblemChanges(lasting: [problem])) } == [
                "WARNING Problem since 2026-11-22T06:00:00Z: 1-x: nothing is collected: revoked. "
                    + "To do: Authorize again" + fields
            ])
        problem.announced = Self.start.advanced(by: .seconds(3 * 86_400 + 5))
        #expect(
            lines { $0.log(ProblemChanges(ended: [problem])) } == [
                "NOTICE Resolved after 3 days: 1-x: nothing is collected: revoked" + fields + since
            ])
    }

    @Test("mentions a notice once, and a failed source only in the line of its day")
    func quiet() {
        let notice = Problem(
            .notOwner, "n", level: .notice, organization: "acme", text: "not yours", at: Self.start)
        let source = Problem(
            .source, "s", organization: "acme", source: "users-1-day", outcome: "failed",
            text: "why", at: Self.start)
        #expect(lines { $0.log(ProblemChanges(began: [notice, source])) }.count == 1)
        #expect(lines { $0.log(ProblemChanges(lasting: [notice, source])) }.isEmpty)
        #expect(lines { $0.log(ProblemChanges(ended: [source])) }.count == 1)
    }

    @Test("has the level of what happened: handled, refused, retried, dead")
    func levels() throws {
        func level(_ entry: JournalEntry) -> String {
            String(lines { $0.note(entry) }.first?.prefix { $0 != " " } ?? "")
        }
        var entry = JournalEntry(
            time: Self.start, function: .onCollectOrg, event: "e", subject: "acme/2026-11-27",
            verdict: .done,
            result: .day(try Self.manifest([.users: SourceResult(.written, samples: 3)])))
        #expect(level(entry) == "INFO")
        entry.result = .day(try Self.manifest([.users: SourceResult(.rejected, reason: "no")]))
        #expect(level(entry) == "WARNING")
        // What GitHub refuses on many days is one warning a day.
        entry.result = .day(try Self.manifest([.users: SourceResult(.policyOff, reason: "no")]))
        #expect(level(entry) == "INFO")
        let refused = Problem(.source, "s", text: "no", at: Self.start)
        entry.problems = ProblemChanges(lasting: [refused])
        #expect(level(entry) == "WARNING")
        entry.problems = nil
        entry.result = nil
        entry.failure = FailureReport(Failure(.unavailable, "GitHub answers 502")).error
        entry.verdict = .retry
        entry.retryAt = Self.start
        #expect(level(entry) == "WARNING")
        #expect(
            entry.text == "acme/2026-11-27 failed, retry at 2026-11-22T06:00:00Z: unavailable: "
                + "GitHub answers 502")
        entry.verdict = .dead
        #expect(level(entry) == "ERROR")
        #expect(
            entry.text == "acme/2026-11-27 failed permanently: unavailable: GitHub answers 502")
    }
}
