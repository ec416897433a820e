import Domain
import TestSupport
import Testing

/// The queries that people are shown, against real backends that the demo has filled.
@Suite("PromQL on written samples", .timeLimit(.minutes(5)))
struct QueryTests {
    /// What the files hold, which is what the queries are to give.
    struct Truth: Sendable {
        let lines: [OpenMetricsText.Line]
        let organization: String
        let last: Day
        var end: Timestamp { Timestamp(endOf: last) }

        func values(_ name: String, _ labels: SeriesLabels = [:]) -> [SeriesLabels: Double] {
            let wanted = labels.merging(["__name__": name]) { $1 }
            let found = lines.filter { line in
                line.seconds == end.seconds
                    && wanted.allSatisfy { line.series[$0.key] == $0.value }
            }
            return Dictionary(uniqueKeysWithValues: found.map { ($0.series, $0.value) })
        }

        /// The latest value of each series in the last days.
        func latest(
            _ name: String, _ labels: SeriesLabels, days: Int
        ) -> [SeriesLabels: Double] {
            let wanted = labels.merging(["__name__": name]) { $1 }
            let oldest = Timestamp(endOf: last.advanced(by: 1 - days)).seconds
            let found = lines.filter { line in
                line.seconds >= oldest && wanted.allSatisfy { line.series[$0.key] == $0.value }
            }
            return Dictionary(
                found.sorted { $0.seconds < $1.seconds }.map { ($0.series, $0.value) },
                uniquingKeysWith: { $1 })
        }

        /// The sums of a user metric over the members of each team, and over `by` too.
        func byTeam(
            _ name: String, by: [String] = [], _ only: SeriesLabels = [:]
        ) -> [SeriesLabels: Double] {
            var sums: [SeriesLabels: Double] = [:]
            for (edge, _) in values("github_copilot_user_team_membership") {
                for (user, value) in values(name, only)
                where user["organization"] == edge["organization"]
                    && user["user_id"] == edge["user_id"]
                {
                    var key = ["team_slug": edge["team_slug"] ?? ""]
                    for label in by { key[label] = user[label] }
                    sums[key, default: 0] += value
                }
            }
            return sums
        }
    }

    static func check(_ backend: Backend, _ truth: Truth) async throws {
        let organization = truth.organization
        let of = "{organization=\"\(organization)\"}"
        let end = truth.end
        func expect(
            _ query: String, _ expected: [SeriesLabels: Double], at time: Timestamp = end,
            _ place: SourceLocation = #_sourceLocation
        ) async throws {
            let found = try await backend.query(query, at: time)
            #expect(found == expected, "\(query)", sourceLocation: place)
            #expect(!expected.isEmpty, "\(query) is asked of nothing", sourceLocation: place)
        }

        // Lines added across the organization, per day.
        let added = "github_copilot_org_loc_added_sum"
        try await expect(added + of, truth.values(added, ["organization": organization]))

        // Spend by model.
        let spend = "github_copilot_billing_net_amount"
        var byModel: [SeriesLabels: Double] = [:]
        for (series, value) in truth.values(spend, ["sku": "copilot_premium_request"]) {
            byModel[series["model"].map { ["model": $0] } ?? [:], default: 0] += value
        }
        let spent = try await backend.query(
            "sum by (model) (\(spend){sku=\"copilot_premium_request\"})", at: end)
        #expect(spent.keys == byModel.keys && !byModel.isEmpty)
        for (model, value) in byModel {
            #expect(abs((spent[model] ?? .nan) - value) < 1e-9, "\(model)")
        }

        // Acceptance rate.
        let accepted = "github_copilot_org_code_acceptance_activity_count"
        let generated = "github_copilot_org_code_generation_activity_count"
        let rate =
            try #require(
                truth.values(accepted, ["organization": organization]).values.first)
            / (try #require(truth.values(generated, ["organization": organization]).values.first))
        try await expect(
            "\(accepted)\(of) / \(generated)\(of)", [["organization": organization]: rate])

        // The ten busiest users, whenever it is asked.
        let interactions = "github_copilot_user_user_initiated_interaction_count"
        let recent = truth.latest(interactions, ["organization": organization], days: 2)
        let top = try await backend.query(
            "topk(10, last_over_time(\(interactions)\(of)[2d]))",
            at: end.advanced(by: .seconds(13 * 3_600)))
        #expect(top.values.sorted(by: >) == Array(recent.values.sorted(by: >).prefix(10)))

        // Interactions by model and feature.
        let byFeature = "github_copilot_org_user_initiated_interaction_count_by_model_feature"
        var byModelAndFeature: [SeriesLabels: Double] = [:]
        for (series, value) in truth.values(byFeature, ["organization": organization]) {
            byModelAndFeature[
                ["model": series["model"] ?? "", "feature": series["feature"] ?? ""], default: 0] +=
                value
        }
        try await expect("sum by (model, feature) (\(byFeature)\(of))", byModelAndFeature)

        // A week's lines, asked at midnight: a closed window then holds seven samples and not eight.
        let week = truth.lines.filter {
            $0.series["__name__"] == added && $0.series["organization"] == organization
        }
        #expect(week.count == 7)
        try await expect(
            "sum_over_time(\(added)\(of)[7d])",
            [["organization": organization]: week.reduce(0) { $0 + $1.value }],
            at: Timestamp(startOf: truth.last.advanced(by: 1)))

        // The three team joins.
        for metric in ["github_copilot_user_loc_added_sum", interactions] {
            try await expect(
                """
                sum by (team_slug) (github_copilot_user_team_membership
                  * on (organization, user_id) group_left () \(metric))
                """, truth.byTeam(metric))
        }
        let acceptances = "github_copilot_user_code_acceptance_activity_count"
        let joined = try await backend.query(
            """
            github_copilot_user_team_membership
              * on (organization, user_id) group_left (user_email, user_name) \(acceptances)
            """, at: end)
        var expected: [SeriesLabels: Double] = [:]
        for (edge, _) in truth.values("github_copilot_user_team_membership") {
            for (user, value) in truth.values(acceptances)
            where user["organization"] == edge["organization"] && user["user_id"] == edge["user_id"]
            {
                var series = edge
                series["__name__"] = nil
                series["user_email"] = user["user_email"]
                series["user_name"] = user["user_name"]
                expected[series] = value
            }
        }
        #expect(joined == expected && !expected.isEmpty)

        // Teams by editor. A join takes one series a user on its right side, so it is asked one
        // editor at a time; or, with the label carried over, of users who have one editor.
        let byIDE = "github_copilot_user_loc_added_sum_by_ide"
        let join = "github_copilot_user_team_membership * on (organization, user_id)"
        try await expect(
            "sum by (team_slug) (\(join) group_left () \(byIDE){ide=\"vscode\"})",
            truth.byTeam(byIDE, ["ide": "vscode"]))
        let series = truth.values(byIDE, ["organization": organization])
        let editors = Dictionary(grouping: series.keys) { $0["user_login"] ?? "" }
        let settled = editors.filter { $0.value.count == 1 }.keys.sorted()
        var sums: [SeriesLabels: Double] = [:]
        for user in settled {
            let only = ["organization": organization, "user_login": user]
            sums.merge(truth.byTeam(byIDE, by: ["ide"], only)) { $0 + $1 }
        }
        let users =
            "organization=\"\(organization)\",user_login=~\"\(settled.joined(separator: "|"))\""
        try await expect(
            "sum by (team_slug, ide) (\(join) group_left (ide) \(byIDE){\(users)})", sums)
    }

    static func fill(_ backend: Backend) async throws {
        try await withTemporaryFolder { folder in
            let sink = "file:\(folder)/demo/metrics remote-write:\(backend.writeURL)"
            let outcome = try await DemoTests.demo(in: folder, sink: sink, ["--users", "40"])
            #expect(outcome.status == 0, "\(outcome.errors.suffix(2_000))")
            try await backend.flush()
            let files = try Stage.samples(in: "\(folder)/demo/metrics")
            let organization = try #require(
                files.keys.map { String($0.dropLast(11)) }.filter { $0 != "octodemo" }.min())
            let last = try #require(Day("2026-04-18"))
            try await check(
                backend,
                Truth(lines: files.values.flatMap(\.lines), organization: organization, last: last))
        }
    }

    @Test("returns the numbers of the reports on a real Prometheus")
    func prometheus() async throws {
        try await Backend.withPrometheus(outOfOrderWindow: "1000d") { try await Self.fill($0) }
    }

    @Test("returns the numbers of the reports on a real VictoriaMetrics")
    func victoriaMetrics() async throws {
        try await Backend.withVictoriaMetrics(deduplicating: true) { try await Self.fill($0) }
    }
}
