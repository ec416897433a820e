import Console
import Domain
import InMemory
import Ports
import TestSupport
import Testing
import Toolbox
import Worker

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("The pages")
struct SiteTests {
    @Test("say how to begin while nobody is connected")
    func empty() async throws {
        try await withTemporaryFolder { folder in
            let site = Office(folder).site()
            let page = try await site.page("/")
            #expect(page.contains("<h1>Nobody has connected GitHub yet.</h1>"))
            #expect(page.contains(#"<a href="/authorize">Connect to GitHub</a>"#))
            #expect(page.contains("The next daily tick is at 2026-04-19, 08:00 UTC."))
            #expect(try await site.page("/events").contains("0 pending, 0 failed for good."))
            #expect(
                try await site.page("/metrics/github_copilot_org_daily_active_users")
                    .contains("Nothing was reported in these days."))
        }
    }

    @Test("answer the first question first: everything is there")
    func healthy() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme", "acme-10", "acme-2"])
            for (place, name) in ["acme", "acme-10", "acme-2"].enumerated() {
                for day in Office.newest.advanced(by: -3)...Office.newest {
                    try await office.collect(name, Int64(place + 1), day)
                }
            }
            let page = try await office.site().page("/")
            #expect(
                page.contains("<h1>All 3 organizations are complete through 2026-04-18.</h1>"))
            #expect(!page.contains("class=\"problems\""))
            #expect(page.contains("<h2>Connected</h2>"))
            #expect(page.contains(#"<a href="/authorize">Connect another account</a>"#))
            // Numbers in names are sorted by value.
            let names = page.matches(of: /class="who"><a href="\/organizations\/([a-z0-9-]+)"/)
                .map { String($0.1) }
            #expect(names == ["acme", "acme-2", "acme-10"])
        }
    }

    @Test("name the problems that are kept, with their beginning and what to do")
    func keptProblems() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme", "zoo"])
            let since = office.clock.now()
            let authorization = Problem(
                .authorization, "authorization/1", integration: "1-x",
                text: "GitHub no longer accepts the <authorization>", remedy: "Authorize again",
                at: since)
            let missing = Problem(
                .missing, "missing/acme", organization: "acme", text: "acme was uninstalled",
                remedy: "Install the App again", at: since)
            let site = office.site(problems: [authorization, missing])
            let page = try await site.page("/")
            let words = [
                "GitHub has to be authorized again", "since \(since.description.prefix(10)), ",
                "GitHub no longer accepts the &lt;authorization&gt;. Authorize again.",
                "acme was uninstalled. Install the App again.",
            ]
            for word in words { #expect(page.contains(word), "\(word)") }
            let own = try await site.page("/organizations/acme")
            #expect(own.contains("acme was uninstalled."))
            #expect(try await !site.page("/organizations/zoo").contains("uninstalled"))
        }
    }

    @Test("put problems first, each reason once, with where to act")
    func problems() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme", "zoo", "fine"])
            for (name, number) in [("acme", 1), ("zoo", 2), ("fine", 3)] {
                for day in Office.newest.advanced(by: -2)...Office.newest {
                    try await office.collect(name, Int64(number), day) { sources in
                        guard name != "fine" else { return }
                        sources[.users] = SourceResult(
                            .failed, reason: "a file of \(name) of \(day) cannot be read")
                        guard name == "acme" else { return }
                        sources[.organization] = SourceResult(
                            .policyOff, reason: "the policy is off")
                    }
                }
            }
            let site = office.site()
            let page = try await site.page("/")
            #expect(page.contains("<h1>2 of 3 organizations need you.</h1>"))
            #expect(page.matches(of: /cannot be read/).count == 1)
            #expect(page.contains("2 organizations, 3 days, the newest 2026-04-18"))
            #expect(
                page.contains(
                    #"<a href="https://github.com/organizations/acme/settings/copilot/policies">"#))
            let rows = page.matches(of: /class="who"><a href="\/organizations\/([a-z]+)"/)
            #expect(rows.map { String($0.1) } == ["acme", "zoo", "fine"])

            let filtered = try await site.page("/", ["show": "problems", "q": "ZO"])
            #expect(filtered.contains("/organizations/zoo/days/2026-04-18"))
            #expect(!filtered.contains("class=\"who\"><a href=\"/organizations/acme\""))
            #expect(filtered.contains("value=\"ZO\""))

            let day = try await site.page("/organizations/acme/days/2026-04-18")
            #expect(day.contains("switched off by policy") && day.contains("the policy is off"))
            let never = try await site.page("/organizations/acme/days/2026-01-01")
            #expect(never.contains("This day was never read."))
        }
    }

    @Test("say the same of days with a summary, without one, and with one of the newest days")
    func summaries() async throws {
        let outcomes: [Outcome] = [.written, .notReady, .failed, .policyOff, .unchanged]
        try await withTemporaryFolder { folder in
            var pages: [[String]] = []
            for summarized in [0..<60, 0..<0, 0..<20] {
                var numbers = SeededNumbers(7)
                var office = Office(folder)
                try await office.connect(["acme", "zoo"])
                for age in (0..<60).reversed() {
                    office.hasSummary = summarized.contains(age)
                    for (number, name) in [(1, "acme"), (2, "zoo")] where numbers.next() % 6 > 0 {
                        let outcome = outcomes[Int(numbers.next() % 5)]
                        try await office.collect(
                            name, Int64(number), Office.newest.advanced(by: -age),
                            isFinal: age > 3 && outcome.isSettled
                        ) {
                            $0[.users] = SourceResult(
                                outcome, reason: "the reason of \(outcome.rawValue)")
                        }
                    }
                }
                let site = office.site()
                var found: [String] = []
                for path in ["/", "/organizations/acme", "/organizations/zoo", "/collect", "/"] {
                    found.append(try await site.page(path, ["days": "90"]))
                }
                pages.append(found)
            }
            for (place, page) in pages[0].enumerated() {
                // The pages are long, so only whether they differ is told.
                let isSame = pages.allSatisfy { $0[place] == page }
                #expect(isSame, "page \(place)")
            }
            let isStable = pages[0].first == pages[0].last
            #expect(isStable, "the second view differs from the first")
        }
    }

    @Test("show all other days if a manifest is damaged", arguments: [true, false])
    func damaged(hasSummary: Bool) async throws {
        try await withTemporaryFolder { folder in
            var office = Office(folder)
            office.hasSummary = hasSummary
            try await office.connect(["acme", "zoo"])
            for age in 0..<3 {
                let day = Office.newest.advanced(by: -age)
                try await office.collect("acme", 1, day, isFinal: false) {
                    $0[.users] = SourceResult(.failed, reason: "GitHub was down")
                }
                try await office.collect("zoo", 2, day)
            }
            let id = try #require(IntegrationID("1001-demo"))
            let key = StoreKey.manifest(id, InstallationID(1), Office.newest)
            try await office.store.put([7], for: key, if: .always)
            let site = office.site()
            for path in ["/", "/organizations/acme"] {
                let page = try await site.page(path)
                #expect(page.contains("GitHub was down"), "\(path)")
                #expect(page.contains("under \(key) cannot be read"), "\(path)")
            }
            #expect(try await site.page("/").contains("/organizations/zoo"))
        }
    }

    @Test("name days that were never read, and dead letters, with the command")
    func missing() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            for step in [-4, -3, -1, 0] {
                try await office.collect("acme", 1, Office.newest.advanced(by: step))
            }
            let event = CloudEvent(
                id: "collect/1", type: .collect, subject: "acme/2026-04-16", time: Office.now,
                data: .object([:]))
            try await office.bus.publish([event])
            let delivery = try #require(try await office.bus.receive(1, lease: .seconds(9)).first)
            try await office.bus.settle(delivery, as: .dead(reason: "malformedReply: html"))
            let site = office.site()
            let page = try await site.page("/")
            #expect(page.contains("copilot-local tick --from 2026-04-16 --to 2026-04-16"))
            #expect(page.contains("1 event failed permanently: malformedReply: html."))
            #expect(page.contains("<h1>Something needs you.</h1>"))
            #expect(try await site.page("/events").contains("malformedReply: html"))
            #expect(
                try await site.page("/organizations/acme/days/2026-04-16")
                    .contains("copilot-local dead-letters redrive collect/1"))
        }
    }

    @Test("name days that still wait and are too old for ticks")
    func givenUp() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            for step in -29...0 {
                let day = Office.newest.advanced(by: step)
                try await office.collect("acme", 1, day, isFinal: step > -29) { sources in
                    guard step == -29 else { return }
                    sources[.userTeams] = SourceResult(.notReady, reason: "no report yet")
                }
            }
            let page = try await office.site().page("/")
            #expect(page.contains("Days that ticks no longer ask for"))
            #expect(page.contains("copilot-local tick --from 2026-03-20 --to 2026-03-20"))
        }
    }

    @Test("say which variable is missing where there are no samples, and which file is damaged")
    func samples() async throws {
        try await withTemporaryFolder { folder in
            var office = Office(folder)
            try await office.connect(["acme"])
            try await office.collect("acme", 1, Office.newest)
            try await office.write(
                "acme", Office.newest, .organization,
                [("github_copilot_org_daily_active_users", [], 21)])
            try Data("torn".utf8).write(
                to: URL(filePath: "\(folder)/acme/\(Office.newest.advanced(by: -1)).om"))
            let page = try await office.site().page("/")
            #expect(page.contains("2026-04-17.om cannot be read"))
            #expect(page.contains("21 active users on 2026-04-18"))
            office.hasSamples = false
            for path in ["/", "/organizations/acme", "/organizations/acme/charts/people"] {
                let page = try await office.site().page(path)
                #expect(page.contains("<code>QUERY_URL</code>"))
                #expect(page.contains("<code>METRICS_SINK</code>"))
            }
            #expect(
                try await office.site().page(
                    "/api/series",
                    ["metric": "github_copilot_org_daily_active_users", "organization": "acme"],
                    status: 503
                ).contains("METRICS_SINK"))
        }
    }

    @Test("escape what comes from outside", arguments: ["<script>alert(1)</script>", "\"'&<>"])
    func escapes(text: String) async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            try await office.collect("acme", 1, Office.newest, reason: text) {
                $0[.users] = SourceResult(.failed, reason: text, notes: [text])
            }
            try await office.write(
                "acme", Office.newest, .organization,
                [
                    (
                        "github_copilot_org_user_initiated_interaction_count_by_model_feature",
                        [(.model, text), (.feature, text)], 5
                    )
                ])
            try await office.bus.publish([
                CloudEvent(
                    id: text, type: .collect, subject: text, time: Office.now, data: .object([:]))
            ])
            let entry = JournalEntry(
                time: Office.now, function: .onCollectOrg, event: text, subject: text,
                verdict: .dead)
            let site = office.site(journal: [entry])
            for (path, query, status) in [
                ("/", ["q": text, "show": text, "days": text, "page": text], 200),
                ("/organizations/acme", [:], 200), ("/organizations/acme/charts/models", [:], 200),
                ("/organizations/acme/days/2026-04-18", [:], 200),
                ("/organizations/\(text.replacing("/", with: ""))", [:], 404),
                ("/metrics/\(text.replacing("/", with: ""))", [:], 404),
                ("/events", ["q": text], 200), ("/events", ["event": text], 200),
                ("/collect", ["organization": text, "from": text, "what": text], 200),
                ("/integrations/\(text.replacing("/", with: ""))", [:], 404),
                (
                    "/metrics/github_copilot_org_user_initiated_interaction_count_by_model_feature",
                    ["by": "model", "organization": text], 200
                ),
            ] as [(String, [String: String], Int)] {
                let page = try await site.page(path, query, status: status)
                #expect(!page.contains(text), "\(path)")
                #expect(!page.contains("<script"), "\(path)")
                #expect(page.contains("&lt;"), "\(path)")
            }
        }
    }

    @Test("have addresses that lead somewhere, and none beyond them")
    func addresses() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            try await office.collect("acme", 1, Office.newest)
            let site = office.site()
            var seen: Set<String> = []
            var rest = ["/"]
            while let path = rest.popLast(), seen.count < 400 {
                guard path.hasPrefix("/"), path != "/authorize", seen.insert(path).inserted else {
                    continue
                }
                let parts = path.split(separator: "?", maxSplits: 1).map(String.init)
                let query = parts.count == 2 ? Form(parts[1]).first : [:]
                let page = try await site.page(parts[0], query)
                rest += page.matches(of: /href="([^"#]+)/).map { String($0.1) }
                    .filter { !$0.contains("2025") && !$0.contains("2027") }
                    .filter { !$0.contains("/days/2026-0") || $0.hasSuffix("04-18") }
            }
            #expect(seen.count > 140 && seen.contains("/collect?organization=acme"))
            for path in ["/nope", "/organizations", "/organizations/acme/charts/nope", "/a/b/c"] {
                #expect(await site.answer(ConsoleRequest(path)) == nil, "\(path)")
            }
        }
    }

    @Test("allow no scripts and no external resources")
    func policy() async throws {
        try await withTemporaryFolder { folder in
            let answer = try #require(await Office(folder).site().answer(ConsoleRequest("/")))
            let policy = try #require(answer.fields["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none';"))
            #expect(!policy.contains("script-src") && !policy.contains("http"))
        }
    }

    @Test("exist as JSON")
    func json() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            try await office.collect("acme", 1, Office.newest)
            let metric = "github_copilot_org_user_initiated_interaction_count_by_model_feature"
            for (step, value) in [(-2, 1.0), (0, 2.5)] {
                try await office.write(
                    "acme", Office.newest.advanced(by: step), .organization,
                    ["a", "b"].map { (metric, [(.feature, $0), (.model, "gpt")], value) })
            }
            let site = office.site()
            #expect(
                try await site.page(
                    "/api/series",
                    [
                        "metric": metric, "organization": "ACME", "by": "model",
                        "from": "2026-04-10", "to": "2026-04-18",
                    ])
                    == #"{"metric":"\#(metric)","problems":[],"series":[{"labels":{"model":"gpt"},"points":[["2026-04-16",2],["2026-04-18",5]]}],"unit":"interactions"}"#
            )
            #expect(
                try await site.page("/api/organizations")
                    == #"{"organizations":[{"installation":1,"integration":"1001-demo","newest":"2026-04-18","organization":"acme","state":"good","summary":"complete"}]}"#
            )
            let days = try await site.page("/api/days", ["organization": "acme"])
            #expect(days.hasPrefix(#"{"manifests":[{"day":"2026-04-18","final":true,"#))
            #expect(try await site.page("/api/events") == #"{"attempts":[],"queued":[]}"#)
            for (path, query, status) in [
                ("/api/series", [:], 400), ("/api/nope", [:], 404),
                ("/api/series", ["metric": "nope", "organization": "acme"], 404),
                ("/api/series", ["metric": metric, "organization": "nope"], 404),
                ("/api/series", ["metric": metric, "organization": "acme", "by": "sku"], 400),
                ("/api/series", ["metric": metric, "organization": "acme", "from": "x"], 400),
                (
                    "/api/series",
                    ["metric": "github_copilot_user_loc_added_sum", "organization": "acme"], 400
                ),
                ("/api/days", ["from": "2026-04-18", "to": "2026-04-01"], 400),
                ("/api/days", ["from": "2000-04-18"], 400),
            ] as [(String, [String: String], Int)] {
                let answer = try await site.page(path, query, status: status)
                #expect(answer.hasPrefix(#"{"error":{"code":""#))
            }
        }
    }
}
