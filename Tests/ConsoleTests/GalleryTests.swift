import Console
import Domain
import InMemory
import Ports
import Runner
import TestSupport
import Testing
import Toolbox
import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Pages of many organizations: how large they are, and, with `GALLERY` set to a folder, as files
/// that `Tests/InfraTests/checks/gallery.py` makes pictures of.
@Suite("Pages of many organizations")
struct GalleryTests {
    private static let gallery = ProcessInfo.processInfo.environment["GALLERY"]

    /// Organizations with days; each fifth has a problem if `isFailing`.
    private func office(
        _ folder: String, _ organizations: Int, days: Int, isFailing: Bool
    ) async throws -> Office {
        let office = Office(folder)
        let names = (1...organizations).map { "organization-\($0)" }
        try await office.connect(names)
        for (place, name) in names.enumerated() {
            for day in Office.newest.advanced(by: 1 - days)...Office.newest {
                let isBad = isFailing && place % 5 == 1 && (day.number + place) % 9 < 3
                try await office.collect(name, Int64(place + 1), day) { sources in
                    if isBad {
                        sources[.users] = SourceResult(
                            place % 2 == 0 ? .failed : .noPermission,
                            reason: place % 2 == 0
                                ? "a file of the report cannot be read"
                                : "the App may not read members: approve its new permissions")
                    } else if day == Office.newest, place % 3 == 0 {
                        sources[.userTeams] = SourceResult(
                            .notReady, reason: "GitHub has no report yet")
                    }
                }
            }
        }
        return office
    }

    /// Writes samples: the first organization also has people, and all others share the second's.
    private func fill(
        _ office: Office, _ organizations: Int, days: Int, people: Int
    ) async throws {
        let days = Office.newest.advanced(by: 1 - days)...Office.newest
        try await office.writePeople("organization-1", days, count: people)
        for name in ["organization-1", "organization-2"] {
            try await office.writeMonth(name, days)
        }
        for number in 3...organizations {
            try FileManager.default.createSymbolicLink(
                atPath: "\(office.folder)/organization-\(number)",
                withDestinationPath: "\(office.folder)/organization-2")
        }
    }

    @Test(
        "stay below 150 KiB with 40 organizations and 90 days", arguments: [false, true])
    func size(isFailing: Bool) async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder, 40, days: 90, isFailing: isFailing)
            try await fill(office, 40, days: 90, people: 60)
            let site = office.site()
            for (path, days) in [
                ("/", "30"), ("/", "90"), ("/", "365"), ("/organizations/organization-1", "30"),
                ("/organizations/organization-1", "90"), ("/organizations/organization-2", "30"),
                ("/organizations/organization-1/charts/models", "90"),
                ("/organizations/organization-2/days/2026-04-18", "30"), ("/events", "30"),
                ("/metrics/github_copilot_billing_net_amount", "90"),
            ] {
                let page = try await site.page(path, ["days": days])
                #expect(page.utf8.count <= 150 << 10, "\(path) \(days): \(page.utf8.count) bytes")
            }
        }
    }

    @Test("show 1,000 organizations on pages of 50, those with problems first")
    func pages() async throws {
        try await withTemporaryFolder { folder in
            let office = try await office(folder, 1_000, days: 2, isFailing: true)
            let site = office.site()
            let first = try await site.page("/")
            #expect(first.contains("Page 1 of 20, 1000 organizations"))
            #expect(first.contains(#"href="/?days=30&amp;page=2""#))
            #expect(first.contains(#"data-name="organizations" class="number">1000</td>"#))
            #expect(first.matches(of: /<th scope="row" class="who">/).count == 50)
            let last = try await site.page("/", ["page": "999", "days": "90"])
            #expect(last.contains("Page 20 of 20"))
            #expect(last.contains("organization-1000"))
        }
    }

    // MARK: Pictures

    private static let one = "/organizations/organization-1"
    /// A page of each kind, with its query.
    private static let shown: [(name: String, path: String, query: [String: String])] = [
        ("overview", "/", [:]), ("overview-quarter", "/", ["days": "90"]),
        ("overview-year", "/", ["days": "365"]), ("overview-last", "/", ["page": "999"]),
        ("overview-problems", "/", ["show": "problems"]),
        ("overview-none", "/", ["q": "nobody"]), ("organization", one, [:]),
        ("organization-quarter", one, ["days": "90", "people": "lines", "page": "3"]),
        ("organization-failing", "/organizations/organization-2", [:]),
        ("people-none", one, ["who": "nobody-of-this-name"]),
        ("chart", "\(one)/charts/models", ["days": "90"]),
        ("day", "\(one)/days/\(Office.newest)", [:]),
        ("day-failing", "/organizations/organization-2/days/2026-04-17", [:]),
        ("day-unread", "\(one)/days/2020-01-01", [:]), ("events", "/events", [:]),
        ("event", "/events", ["event": "collect/1"]), ("collect", "/collect", ["what": "again"]),
        ("collect-wrong", "/collect", ["from": "2026-04-18"]),
        ("integration", "/integrations/1001-demo", [:]), ("checks", "/checks", [:]),
        ("metric", "/metrics/github_copilot_org_loc_added_sum_by_language_feature", [:]),
        ("metric-of-users", "/metrics/github_copilot_user_loc_added_sum", [:]),
        ("error-organization", "/organizations/nobody", [:]),
        ("error-metric", "/metrics/nothing", [:]), ("error-event", "/events", ["event": "none"]),
    ]

    private func draw(_ site: ConsoleSite, as kind: String) async throws {
        let session = ConsoleRequest.Session(field: "session", token: "planted")
        for (name, path, query) in Self.shown {
            let request = ConsoleRequest(path, query: query, session: session)
            let answer = try #require(await site.answer(request), "\(path)")
            try keep("\(kind)-\(name)", answer)
        }
    }

    private func keep(_ name: String, _ answer: ConsoleResponse) throws {
        let folder = try #require(Self.gallery)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        try Data(answer.body).write(to: URL(filePath: "\(folder)/\(name).html"))
    }

    @Test(
        "are kept as files", .enabled(if: gallery != nil), arguments: [3, 40, 1_000],
        [false, true])
    func draw(organizations: Int, isFailing: Bool) async throws {
        try await withTemporaryFolder { folder in
            let days = organizations > 100 ? 30 : 90
            var office = try await office(folder, organizations, days: days, isFailing: isFailing)
            try await fill(office, organizations, days: days, people: 200)
            office.checks = try await checks(office.clock, isFailing)
            if isFailing { try await breakEvents(office) }
            let since = Office.now.advanced(by: .seconds(-200_000))
            let authorization = Problem(
                .authorization, "authorization/1", integration: "1001-demo",
                text: "nothing is collected: GitHub no longer accepts the person's authorization",
                remedy: "Authorize again at http://127.0.0.1:8080/authorize", at: since)
            try await draw(
                office.site(
                    journal: attempts(isFailing), problems: isFailing ? [authorization] : []),
                as: "\(organizations)-\(isFailing ? "failing" : "healthy")")
        }
    }

    @Test("are kept as files while there is nothing", .enabled(if: gallery != nil))
    func drawEmpty() async throws {
        try await withTemporaryFolder { folder in
            try await draw(Office("\(folder)/none").site(), as: "0-nobody")
            var office = Office("\(folder)/none")
            try await office.connect((1...3).map { "organization-\($0)" })
            try await draw(office.site(), as: "3-empty")
            office.hasSamples = false
            try await draw(office.site(), as: "3-unreadable")
            office.identity = .none
            try await office.collect("organization-1", 1, Office.newest)
            try await draw(office.site(), as: "3-anonymous")
            try keep("0-nobody-error-page", ConsoleSite.nothingHere)
        }
    }

    private func checks(_ clock: ManualClock, _ isFailing: Bool) async throws -> LatestDiagnosis {
        let fine = try JSONDecoder().decode(
            Diagnosis.self,
            from: Data(
                """
                {"checks":[{"name":"settings","outcome":"ok","seen":"the settings are complete"},
                {"name":"installation","about":"organization-1","outcome":"ok","seen":"installed"},
                {"name":"clock","outcome":"warning","seen":"40 s behind GitHub's",
                "fix":"synchronize this machine's clock, for example with chrony"}]}
                """.utf8))
        let latest = LatestDiagnosis(clock: clock) { _ in
            isFailing
                ? Diagnosis.unreadable(
                    Failure(
                        .misconfigured,
                        "GITHUB_APP_ID is not set: set it, or open /setup\nLOG_LEVEL has no value loud"
                    ))
                : fine
        }
        _ = await latest.state()
        await latest.settled()
        return latest
    }

    /// Dead letters, and events that wait.
    private func breakEvents(_ office: Office) async throws {
        let reason =
            "unavailable: GitHub answered with status 502 to GET /orgs/organization-1/copilot/metrics"
        for number in 1...130 {
            try await office.bus.publish([
                CloudEvent(
                    id: "collect/\(number)", type: .collect,
                    subject: "organization-\(number)/2026-04-1\(number % 9)", time: Office.now,
                    data: .object([:]))
            ])
            guard number <= 120 else { continue }
            for delivery in try await office.bus.receive(1, lease: .seconds(60)) {
                try await office.bus.settle(
                    delivery,
                    as: number <= 12
                        ? .dead(reason: reason)
                        : .retry(after: .seconds(600), reason: reason))
            }
        }
    }

    private func attempts(_ isFailing: Bool) -> [JournalEntry] {
        (1...150).map { number in
            JournalEntry(
                time: Office.now.advanced(by: .seconds(number * 7 - 2_000)),
                function: .onCollectOrg, event: "collect/\(number)",
                subject: "organization-\(number % 40 + 1)/2026-04-18", attempt: 1 + number % 3,
                verdict: isFailing && number % 7 == 0 ? .dead : .done,
                durationMilliseconds: number * 37 % 4_000)
        }
    }
}
