import Charts
import Console
import Domain
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Every number of every chart against the lines of the files, which an independent reader reads.
@Suite("The numbers of charts")
struct ChartNumberTests {
    /// The values of one day, by name and labels.
    private typealias Lines = [SeriesLabels: Double]

    private static func lines(_ folder: String, _ day: Day) throws -> Lines? {
        let path = "\(folder)/acme/\(day).om"
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try OpenMetricsText(String(contentsOfFile: path, encoding: .utf8)).values
    }

    /// The sum of a metric's lines whose labels have these values; nil without any line.
    private static func sum(
        _ lines: Lines?, _ metric: String, _ labels: [String: String] = [:]
    ) -> Double? {
        let found = (lines ?? [:]).filter { line in
            line.key["__name__"] == metric && labels.allSatisfy { line.key[$0.key] == $0.value }
        }
        return found.isEmpty ? nil : found.values.reduce(0, +)
    }

    private static let totals: [String: [String: String]] = [
        "people": [
            "28 days": "monthly_active_users", "7 days": "weekly_active_users",
            "day": "daily_active_users",
        ],
        "activity": [
            "prompts": "user_initiated_interaction_count",
            "generated": "code_generation_activity_count",
            "accepted": "code_acceptance_activity_count",
        ],
        "lines": [
            "proposed": "loc_suggested_to_add_sum", "added": "loc_added_sum",
            "deleted": "loc_deleted_sum",
        ],
        "pull-requests": [
            "created": "pull_requests_created", "merged": "pull_requests_merged",
            "by Copilot": "pull_requests_created_by_copilot",
            "reviewed by it": "pull_requests_reviewed_by_copilot",
        ],
        "time-to-merge": [
            "all": "pull_requests_median_minutes_to_merge",
            "by Copilot": "pull_requests_median_minutes_to_merge_copilot_authored",
            "reviewed": "pull_requests_median_minutes_to_merge_copilot_reviewed",
        ],
        "surfaces": [
            "command line": "daily_active_cli_users",
            "cloud agent": "daily_active_copilot_cloud_agent_users",
            "code review": "daily_active_copilot_code_review_users",
        ],
    ]

    private static let breakdowns: [String: (metric: String, label: String)] = [
        "features": ("user_initiated_interaction_count_by_feature", "feature"),
        "models": ("user_initiated_interaction_count_by_model_feature", "model"),
        "languages": ("loc_added_sum_by_language_feature", "language"),
        "editors": ("user_initiated_interaction_count_by_ide", "ide"),
        "phases": ("adoption_phase_engaged_users", "phase"),
    ]

    /// What a column of a chart's table has to say of a day.
    private static func expected(
        _ chart: String, _ column: String, _ day: Day, _ read: (Day) -> Lines?
    ) -> Double? {
        let today = read(day)
        let prefix = "github_copilot_org_"
        if let metric = totals[chart]?[column] { return sum(today, prefix + metric) }
        if let (metric, label) = breakdowns[chart] {
            return sum(today, prefix + metric, [label: column])
        }
        let net = "github_copilot_billing_net_amount"
        switch (chart, column) {
        case ("acceptance", _):
            let only = ["feature": "code_completion"]
            guard
                let part = sum(today, "\(prefix)code_acceptance_activity_count_by_feature", only),
                let whole = sum(today, "\(prefix)code_generation_activity_count_by_feature", only),
                whole > 0
            else { return nil }
            return part / whole
        case ("month", "so far"): return sum(today, net)
        case ("spend", _):
            guard let amount = sum(today, net, ["sku": column]) else { return nil }
            if day.description.hasSuffix("-01") { return amount }
            let yesterday = read(day.advanced(by: -1))
            guard sum(yesterday, net) != nil else { return nil }
            return amount - (sum(yesterday, net, ["sku": column]) ?? 0)
        default:
            Issue.record("\(chart) has an unknown column \(column)")
            return nil
        }
    }

    @Test("are those of the samples, in the table and in the CSV", arguments: [1, 2] as [UInt64])
    func equal(seed: UInt64) async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            let days = Office.newest.advanced(by: -29)...Office.newest
            try await office.writeMonth("acme", days, seed: seed)
            let site = office.site()
            let overview = try await site.page("/organizations/acme")
            let charts = overview.matches(of: /charts\/([a-z-]+)\?days=30"/).map { String($0.1) }
            #expect(charts.count >= 12)
            var count = 0
            var read: [Day: Lines] = [:]
            for day in days { read[day] = try Self.lines(folder, day) }
            for chart in charts {
                let csv = try await site.page("/organizations/acme/charts/\(chart).csv")
                let html = try await site.page("/organizations/acme/charts/\(chart)")
                let rows = csv.split(separator: "\r\n").map {
                    $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                }
                let cells = try Self.cells(html)
                #expect(cells.map(\.day) == rows.dropFirst().reversed().map { $0[0] })
                for row in rows.dropFirst() {
                    let day = try #require(Day(row[0]))
                    let shown = try #require(cells.first { $0.day == row[0] }).values
                    for (column, place) in zip(rows[0].dropFirst(), 1...)
                    where column != "forecast" {
                        let value = Self.expected(chart, column, day) { read[$0] }
                        let written = Double(row[place])
                        #expect(
                            Self.isSame(written, value), "\(chart) \(column) \(day): \(row[place])")
                        #expect((shown[place - 1] == "–") == (value == nil))
                        if let value, chart != "time-to-merge" {
                            #expect(Self.isSame(shown[place - 1], value), "\(shown[place - 1])")
                        }
                        count += value == nil ? 0 : 1
                    }
                }
            }
            // The comparison is not of nothing.
            #expect(count > 700)
        }
    }

    private static func isSame(_ one: Double?, _ other: Double?) -> Bool {
        guard let one, let other else { return one == nil && other == nil }
        return abs(one - other) < 1e-9
    }

    /// Whether a text with rounded decimals is a value.
    private static func isSame(_ text: String, _ value: Double) -> Bool {
        let isShare = text.hasSuffix("%")
        let digits = text.replacing("−", with: "-").filter { "-.0123456789".contains($0) }
        guard let shown = Double(digits) else { return false }
        return abs(shown - (isShare ? value * 100 : value)) <= (isShare ? 0.0501 : 0.00501)
    }

    private static func cells(_ html: String) throws -> [(day: String, values: [String])] {
        html.matches(of: /<tr><th scope="row">(\d{4}-\d\d-\d\d)<\/th>(.*?)<\/tr>/).map { row in
            let values = row.2.matches(of: /<td class="number">([^<]*)<\/td>/)
                .map { String($0.1) }
            return (String(row.1), values)
        }
    }

    @Test("forecast a month's end as a straight line")
    func forecast() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            // The 18th of April.
            try await office.write(
                "acme", Office.newest, .billing,
                [("github_copilot_billing_net_amount", [(.sku, "seats")], 36)])
            let site = office.site()
            let csv = try await site.page("/organizations/acme/charts/month.csv")
            #expect(csv.contains("2026-04-18,36,36\r\n2026-04-19,,38\r\n"))
            #expect(csv.hasSuffix("2026-04-30,,60\r\n"))
            #expect(try await site.page("/organizations/acme").contains("<b>$60.00</b>forecast"))
        }
    }

    @Test("count the whole bill on the first of a month, and nothing after a gap")
    func firstOfMonth() async throws {
        try await withTemporaryFolder { folder in
            let office = Office(folder)
            try await office.connect(["acme"])
            let bills: [(String, [String: Double])] = [
                ("2026-03-30", ["seats": 570]), ("2026-03-31", ["seats": 589]),
                ("2026-04-01", ["seats": 19]), ("2026-04-02", ["seats": 38, "extra": 2]),
                ("2026-04-04", ["seats": 76, "extra": 5]),
                ("2026-04-05", ["seats": 95, "extra": 4.5]),
            ]
            for (day, amounts) in bills {
                try await office.write(
                    "acme", try #require(Day(day)), .billing,
                    amounts.map {
                        ("github_copilot_billing_net_amount", [(.sku, $0.key)], $0.value)
                    })
            }
            let csv = try await office.site().page("/organizations/acme/charts/spend.csv")
            for line in [
                "day,seats,extra", "2026-03-30,,", "2026-03-31,19,", "2026-04-01,19,",
                "2026-04-02,19,2", "2026-04-03,,", "2026-04-04,,", "2026-04-05,19,-0.5",
            ] {
                #expect(csv.contains("\(line)\r\n"), "\(line)")
            }
        }
    }
}
