import Console
import Domain
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The table of people against the lines of the files, which an independent reader adds up.
@Suite("The people of an organization")
struct PeopleTests {
    private static let days = Office.newest.advanced(by: -29)...Office.newest
    private static let path = "/organizations/acme"
    private static let prefix = "github_copilot_user_"
    private static let totals = [
        "user_initiated_interaction_count", "code_generation_activity_count",
        "code_acceptance_activity_count", "loc_added_sum",
    ]
    private static let breakdowns = [
        "user_initiated_interaction_count_by_ide", "code_generation_activity_count_by_ide",
        "user_initiated_interaction_count_by_feature",
        "code_generation_activity_count_by_feature",
    ]

    /// Writes days on which some people did something, and all else that a file has.
    private static func office(_ folder: String, people: Int, seed: UInt64) async throws -> Office {
        let office = Office(folder)
        try await office.connect(["acme"])
        try await office.collect("acme", 1, Office.newest)
        var numbers = SeededNumbers(seed)
        for day in days where numbers.next() % 12 != 0 {
            var samples: [(metric: String, labels: [(Label, String)], value: Double)] = []
            for number in 1...people where numbers.next() % 3 != 0 {
                // A third is renamed before the last ten days, and some have no number.
                let hasNumber = number % 10 != 1
                let isNew = number % 3 == 0 && hasNumber && day.distance(to: days.upperBound) < 10
                var labels: [(Label, String)] = [
                    (.userLogin, isNew ? "new-\(number)" : "person-\(number)"),
                    (.userEmail, "\(number)@acme.example"),
                ]
                if hasNumber { labels.append((.userID, "\(1_000 + number)")) }
                for metric in totals
                where metric == totals[0] || numbers.next() % 9 != 0 {
                    samples.append((prefix + metric, labels, Double(numbers.next() % 50)))
                }
                for metric in breakdowns {
                    let label: Label = metric.hasSuffix("ide") ? .ide : .feature
                    for value in 1...3 where numbers.next() % 2 == 0 {
                        samples.append(
                            (
                                prefix + metric, labels + [(label, "\(label)-\(value)")],
                                Double(numbers.next() % 40)
                            ))
                    }
                }
                samples.append(
                    ("\(prefix)loc_added_sum_by_ide", labels + [(.ide, "ide-1")], 1_000_000))
            }
            try await office.write("acme", day, .users, samples)
        }
        try await office.write(
            "acme", Office.newest, .organization,
            [("github_copilot_org_daily_active_users", [], 21)])
        return office
    }

    /// What the lines of the files say of each person: a row of the CSV by its heads.
    private static func expected(_ folder: String) throws -> [String: [String: String]] {
        var sums: [String: [String: Double]] = [:]
        var facts: [String: (login: String, id: String, days: Set<Day>)] = [:]
        for day in days {
            guard
                let text = try? String(
                    contentsOfFile: "\(folder)/acme/\(day).om", encoding: .utf8)
            else { continue }
            for line in try OpenMetricsText(text).lines {
                guard let login = line.series["user_login"],
                    let metric = line.series["__name__"]?.dropFirst(prefix.count)
                else { continue }
                let id = line.series["user_id"] ?? ""
                let person = id.isEmpty ? login : id
                var column = String(metric)
                if let by = line.series["ide"] ?? line.series["feature"] {
                    guard breakdowns.contains(column) else { continue }
                    column = by
                }
                sums[person, default: [:]][column, default: 0] += line.value
                facts[person, default: (login, id, [])].login = login
                if metric == totals[0] { facts[person]?.days.insert(day) }
            }
        }
        func most(_ sums: [String: Double], _ kind: String) -> String {
            sums.filter { $0.key.hasPrefix(kind) }
                .max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? ""
        }
        func whole(_ value: Double?) -> String { value.map { "\(Int($0))" } ?? "" }
        return Dictionary(
            uniqueKeysWithValues: facts.map { person, fact in
                let own = sums[person] ?? [:]
                let row = [
                    "login": fact.login, "id": fact.id, "days_active": "\(fact.days.count)",
                    "last_active": fact.days.max().map { "\($0)" } ?? "",
                    "prompts": whole(own[totals[0]]), "generated": whole(own[totals[1]]),
                    "accepted": whole(own[totals[2]]), "lines_added": whole(own[totals[3]]),
                    "main_editor": most(own, "ide-"), "main_feature": most(own, "feature-"),
                ]
                return (fact.login, row)
            })
    }

    private static func rows(csv: String) -> [[String: String]] {
        let rows = csv.split(separator: "\r\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        return rows.dropFirst().map { row in
            Dictionary(uniqueKeysWithValues: zip(rows[0], row))
        }
    }

    /// The rows of the page, as a reader sees them.
    private static func rows(page: String) -> [[String]] {
        let section = page.split(separator: "id=\"people\"").last.map(String.init) ?? ""
        let table = section.prefix(
            upTo: section.firstRange(of: "id=\"days\"")?.lowerBound ?? section.endIndex)
        return table.matches(of: /<tr><th scope="row">([^<]*)<\/th>(.*?)<\/tr>/).map { row in
            [String(row.1)]
                + row.2.matches(of: /<td[^>]*>([^<]*)<\/td>/).map {
                    String($0.1).replacing(",", with: "")
                }
        }
    }

    @Test("has the sums of the samples, in table, CSV and JSON", arguments: [1, 2] as [UInt64])
    func equal(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let office = try await Self.office(folder, people: 60, seed: seed)
            let site = office.site()
            let expected = try Self.expected(folder)
            #expect(expected.count == 60)
            let written = Self.rows(csv: try await site.page("\(Self.path)/people.csv"))
            #expect(written.count == 60)
            for row in written {
                #expect(row == expected[row["login"] ?? ""], "\(row["login"] ?? "")")
            }
            // The pages of the table, one after the other, in the same order.
            var shown: [[String]] = []
            for page in 1...3 {
                let page = try await site.page(Self.path, ["page": "\(page)"])
                #expect(page.contains("60 people were active in these 30 days"))
                shown += Self.rows(page: page)
            }
            let heads = [
                "login", "days_active", "last_active", "prompts", "generated", "accepted",
                "lines_added", "main_editor", "main_feature",
            ]
            #expect(
                shown
                    == written.map { row in
                        heads.map { row[$0].flatMap { $0.isEmpty ? nil : $0 } ?? "–" }
                    })
            let json = try await site.page("/api/people", ["organization": "ACME"])
            let document = try JSONDecoder().decode(Document.self, from: Data(json.utf8))
            #expect(document.people.count == 60 && document.problems.isEmpty)
            for person in document.people {
                let row = try #require(expected[person.login])
                #expect(person.id ?? "" == row["id"])
                #expect("\(person.daysActive)" == row["days_active"])
                #expect(person.prompts.map { "\(Int($0))" } ?? "" == row["prompts"])
                #expect(person.linesAdded.map { "\(Int($0))" } ?? "" == row["lines_added"])
                #expect(person.mainFeature ?? "" == row["main_feature"])
            }
            // An index that is read back says the same.
            let again = try await office.site().page("\(Self.path)/people.csv")
            #expect(Self.rows(csv: again) == written)
        }
    }

    private struct Document: Decodable {
        var people: [Person]
        var problems: [String]
        struct Person: Decodable {
            var login: String
            var id: String?
            var daysActive: Int
            var prompts: Double?
            var linesAdded: Double?
            var mainFeature: String?
        }
    }

    @Test("is sorted, searched and paged by its address")
    func addresses() async throws {
        try await withTemporaryFolder { folder in
            let site = try await Self.office(folder, people: 60, seed: 3).site()
            func column(_ head: String, _ order: String) async throws -> [String] {
                Self.rows(csv: try await site.page("\(Self.path)/people.csv", ["people": order]))
                    .map { $0[head] ?? "" }
            }
            for (head, order) in [
                ("prompts", "prompts"), ("lines_added", "lines"), ("accepted", "accepted"),
            ] {
                let values = try await column(head, order).map { Int($0) ?? -1 }
                #expect(values == values.sorted(by: >) && Set(values).count > 10)
                let reversed = try await column(head, "-\(order)").compactMap { Int($0) }
                #expect(reversed == reversed.sorted(by: <))
            }
            #expect(try await column("login", "person").prefix(2) == ["new-3", "new-6"])
            #expect(try await column("login", "-person").first == "person-59")
            let found = try await site.page(Self.path, ["who": "SON-5", "people": "person"])
            #expect(
                Self.rows(page: found).map { $0[0] }
                    == [5, 50, 51, 52, 53, 55, 56, 58, 59].map { "person-\($0)" })
            #expect(
                found.contains(
                    "href=\"/organizations/acme/people.csv?days=30&amp;people=person&amp;who=SON-5\""
                ))
            // The first click on another head sorts by it, the next one turns the order around.
            #expect(found.contains("?days=30&amp;people=lines&amp;who=SON-5#people"))
            #expect(found.contains("?days=30&amp;people=-person&amp;who=SON-5#people"))
            let last = try await site.page(Self.path, ["page": "999", "people": "nonsense"])
            #expect(last.contains("Page 3 of 3, 60 people"))
            #expect(Self.rows(page: last).count == 10)
            #expect(try await site.page(Self.path, ["who": "nobody"]).contains("Nobody matches."))
            let huge = try await site.page(Self.path, ["who": String(repeating: "x", count: 9_000)])
            #expect(!huge.contains(String(repeating: "x", count: 101)))
        }
    }

    @Test(
        "shows what names people as text",
        arguments: ["<script>alert(1)</script>", "\"'&<>", "a\u{202E}b<"])
    func escapes(login: String) async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            try await office.write(
                "acme", Office.newest, .users,
                [
                    ("\(Self.prefix)\(Self.totals[0])", [(.userLogin, login)], 5),
                    (
                        "\(Self.prefix)\(Self.breakdowns[0])",
                        [(.userLogin, login), (.ide, login)], 5
                    ),
                    (
                        "\(Self.prefix)\(Self.breakdowns[2])",
                        [(.userLogin, login), (.feature, login)], 5
                    ),
                ])
            let site = office.site()
            for query in [[:], ["who": login], ["people": login]] {
                let page = try await site.page(Self.path, query)
                #expect(!page.contains(login) && !page.contains("<script"))
                #expect(page.contains("&lt;"))
            }
        }
    }

    @Test("has no formulas in its CSV")
    func formulas() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            try await office.write(
                "acme", Office.newest, .users,
                ["=cmd|' /C calc'!A0", "a,\"b\"", "-1"].map {
                    ("\(Self.prefix)\(Self.totals[0])", [(.userLogin, $0)], 5)
                })
            let csv = try await office.site().page("\(Self.path)/people.csv")
            for field in ["\r\n'=cmd|' /C calc'!A0,", "\r\n\"a,\"\"b\"\"\",", "\r\n-1,"] {
                #expect(csv.contains(field), "\(csv)")
            }
        }
    }

    @Test("says nothing of anybody where USER_IDENTITY is none, whatever older samples say")
    func none() async throws {
        try await withTemporaryFolder { folder in
            var office = try await Self.office(folder, people: 3, seed: 4)
            office.identity = .none
            let site = office.site()
            for (path, query, status) in [
                (Self.path, [:], 200), ("\(Self.path)/people.csv", [:], 404),
                ("/api/people", ["organization": "acme"], 404),
            ] as [(String, [String: String], Int)] {
                let answer = try await site.page(path, query, status: status)
                #expect(answer.contains("USER_IDENTITY is none"), "\(path)")
                #expect(!answer.contains("person-"), "\(path)")
            }
            // Nothing is read for it either.
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/.index/acme.people"))
        }
    }

    @Test("has only pseudonyms where USER_IDENTITY is pseudonym, whatever older samples say")
    func pseudonyms() async throws {
        try await withTemporaryFolder { folder in
            var office = try await Self.office(folder, people: 3, seed: 4)
            try await office.write(
                "acme", Office.newest, .users,
                ["0123456789abcdef", "fedcba9876543210"].map { pseudonym in
                    (
                        "\(Self.prefix)\(Self.totals[0])",
                        [(.userID, pseudonym), (.userLogin, pseudonym)], 5
                    )
                })
            office.identity = .pseudonym
            let csv = try await office.site().page("\(Self.path)/people.csv")
            #expect(
                Self.rows(csv: csv).map { $0["login"] } == ["0123456789abcdef", "fedcba9876543210"])
            let page = try await office.site().page(Self.path)
            #expect(page.contains("fedcba9876543210") && !page.contains("person-"))
        }
    }

    @Test("stays on the page of its organization, and off those of the others")
    func onlyThere() async throws {
        try await withTemporaryFolder { folder in
            let site = try await Self.office(folder, people: 3, seed: 5).site()
            for path in [
                "/", "/events", "/collect", "\(Self.path)/days/2026-04-18",
                "\(Self.path)/charts/people", "/metrics/\(Self.prefix)loc_added_sum",
                "/api/organizations", "/api/days",
            ] {
                #expect(try await !site.page(path).contains("person-"), "\(path)")
            }
            #expect(
                try await site.page("/metrics/\(Self.prefix)loc_added_sum")
                    .contains("href=\"/organizations/acme#people\""))
        }
    }

    @Test("says why there is nobody")
    func nobody() async throws {
        try await withTemporaryFolder { folder in
            var office = Office(folder)
            try await office.connect(["acme"])
            #expect(
                try await office.site().page(Self.path)
                    .contains("Nobody&#39;s use was reported in these days."))
            try await office.collect("acme", 1, Office.newest) {
                $0[.users] = SourceResult(.notReady, reason: "not yet")
            }
            #expect(
                try await office.site().page(Self.path)
                    .contains("GitHub has not published the users report yet."))
            try await office.collect("acme", 1, Office.newest) {
                $0[.users] = SourceResult(.policyOff, reason: "the policy is <off>")
            }
            let page = try await office.site().page(Self.path)
            #expect(
                page.contains("Users report switched off by policy: the policy is &lt;off&gt;."))
            office.hasSamples = false
            let without = try await office.site().page(Self.path)
            #expect(without.contains("nowhere to read numbers of single people"))
            let refusal = try await office.site().page(
                "/api/people", ["organization": "acme"], status: 503)
            #expect(refusal.contains("METRICS_SINK"))
        }
    }

    @Test("refuses what makes no sense")
    func refusals() async throws {
        try await withTemporaryFolder { folder in
            let site = try await Self.office(folder, people: 1, seed: 6).site()
            for (path, query, status) in [
                ("/api/people", [:], 400), ("/api/people", ["organization": "nope"], 404),
                ("/api/people", ["organization": "acme", "from": "x"], 400),
                ("/organizations/nope/people.csv", [:], 404),
            ] as [(String, [String: String], Int)] {
                _ = try await site.page(path, query, status: status)
            }
        }
    }

    @Test("keeps its totals beside the files, and forgets a person whose files are gone")
    func kept() async throws {
        try await withTemporaryFolder { folder in
            let office = try await Self.office(folder, people: 2, seed: 7)
            let site = office.site()
            _ = try await site.page(Self.path)
            let file = "\(folder)/.index/acme.people"
            #expect(try String(contentsOfFile: file, encoding: .utf8).contains("person-1"))
            for day in Self.days {
                try? FileManager.default.removeItem(atPath: "\(folder)/acme/\(day).om")
            }
            _ = try await site.page(Self.path)
            #expect(
                try String(contentsOfFile: file, encoding: .utf8) == "copilot-usage people 1\nE 1\n"
            )
            #expect(try await !site.page(Self.path).contains("person-1"))
        }
    }
}
