import Charts
import Domain
import SampleIndex

extension ChartSpec {
    /// The charts of an organization's page, in order.
    static let all: [ChartSpec] = [
        .totals(
            "people", "How many people use Copilot?",
            "Distinct users on the day, in the 7 days and in the 28 days that end with it.",
            .count("users"),
            [
                "28 days": "monthly_active_users", "7 days": "weekly_active_users",
                "day": "daily_active_users",
            ]),
        .totals(
            "activity", "How much do they ask of it?",
            "Prompts that users sent, code that Copilot generated, code that users accepted.",
            .count("per day"),
            [
                "prompts": "user_initiated_interaction_count",
                "generated": "code_generation_activity_count",
                "accepted": "code_acceptance_activity_count",
            ]),
        .totals(
            "lines", "How much code comes of it?",
            "Lines that Copilot proposed to add, and lines that were added and deleted with it.",
            .count("lines per day"),
            [
                "proposed": "loc_suggested_to_add_sum", "added": "loc_added_sum",
                "deleted": "loc_deleted_sum",
            ]),
        acceptance,
        .breakdown(
            "features", "Which features do they use?", "Prompts by Copilot feature.",
            .count("prompts per day"), "user_initiated_interaction_count_by_feature", by: "feature"),
        .breakdown(
            "models", "Which models answer?", "Prompts by model, all features together.",
            .count("prompts per day"), "user_initiated_interaction_count_by_model_feature",
            by: "model"),
        .breakdown(
            "languages", "In which languages does it write?",
            "Lines added with Copilot by language, all features together.",
            .count("lines per day"), "loc_added_sum_by_language_feature", by: "language"),
        .breakdown(
            "editors", "In which editors do they work?", "Prompts by editor.",
            .count("prompts per day"), "user_initiated_interaction_count_by_ide", by: "ide"),
        .totals(
            "pull-requests", "What happens to pull requests?",
            "Pull requests created and merged on the day, and those created or reviewed by Copilot.",
            .count("pull requests per day"),
            [
                "created": "pull_requests_created", "merged": "pull_requests_merged",
                "by Copilot": "pull_requests_created_by_copilot",
                "reviewed by it": "pull_requests_reviewed_by_copilot",
            ]),
        .totals(
            "time-to-merge", "How long until a merge?",
            "Median time from creation to merge: all pull requests, those that Copilot wrote, and those that it reviewed.",
            .minutes,
            [
                "all": "pull_requests_median_minutes_to_merge",
                "by Copilot": "pull_requests_median_minutes_to_merge_copilot_authored",
                "reviewed": "pull_requests_median_minutes_to_merge_copilot_reviewed",
            ]),
        dailySpend,
        monthSpend,
        .breakdown(
            "phases", "How far has adoption come?",
            "Engaged users by phase of AI adoption, as GitHub classifies them.", .count("users"),
            "adoption_phase_engaged_users", by: "phase"),
        .totals(
            "surfaces", "Who uses more than the editor?",
            "Distinct users of the command line, the cloud agent and code review on the day.",
            .count("users"),
            [
                "command line": "daily_active_cli_users",
                "cloud agent": "daily_active_copilot_cloud_agent_users",
                "code review": "daily_active_copilot_code_review_users",
            ]),
    ]

    /// The metrics that an organization's page shows.
    static let allMetrics = Set(all.flatMap(\.metrics))

    private static let generated = "github_copilot_org_code_generation_activity_count_by_feature"
    private static let accepted = "github_copilot_org_code_acceptance_activity_count_by_feature"

    /// Only completions are accepted: agents generate code that nobody accepts, and would lower the
    /// share.
    private static let acceptance = ChartSpec(
        slug: "acceptance", question: "How many completions are accepted?",
        note:
            "Accepted completions divided by generated ones. Other features are left out, because nobody accepts what an agent writes.",
        unit: .share, form: .lines, metrics: [accepted, generated],
        queries: [
            """
            last_over_time(\(accepted){ORG, feature="code_completion"}[1d])
              / last_over_time(\(generated){ORG, feature="code_completion"}[1d])
            """
        ]
    ) { answer in
        func completions(_ metric: String) -> [Double?]? {
            answer[metric].first { $0.labels["feature"] == "code_completion" }?.values
        }
        guard let accepted = completions(accepted), let generated = completions(generated) else {
            return []
        }
        return [
            ChartSeries(
                "accepted",
                zip(accepted, generated).map { part, whole in
                    guard let part, let whole, whole > 0 else { return nil }
                    return part / whole
                })
        ]
    }

    static let netAmount = "github_copilot_billing_net_amount"

    private static let dailySpend = ChartSpec(
        slug: "spend", question: "What does a day cost?",
        note:
            "Growth of the month's net bill since the day before, by product; on the first of a month, the bill itself. A day after a gap has no value.",
        unit: .money(symbol: "$"), form: .bars, metrics: [netAmount],
        queries: [
            """
            sum by (sku) (
              (last_over_time(NET{ORG}[1d]) - last_over_time(NET{ORG}[1d] offset 1d)
                and on () day_of_month(vector(time() - 86400)) > 1)
              or (last_over_time(NET{ORG}[1d]) and on () day_of_month(vector(time() - 86400)) == 1)
              or (last_over_time(NET{ORG}[1d])
                and on (organization) last_over_time(NET{ORG}[1d] offset 1d)))
            """.replacing("NET", with: netAmount)
        ]
    ) { answer in
        Spend.daily(answer[netAmount], from: answer.days.lowerBound).summed(by: ["sku"]).map {
            ChartSeries($0.labels["sku"] ?? "", $0.values)
        }.sorted(by: isLarger)
    }

    private static let monthSpend = ChartSpec(
        slug: "month", question: "Where does the month end?",
        note:
            "Net bill of the month so far, and a straight line from its newest day to the end of the month.",
        unit: .money(symbol: "$"), form: .lines, metrics: [netAmount],
        queries: [
            "sum by (organization) (last_over_time(\(netAmount){ORG}[1d]))",
            """
            sum by (organization) (last_over_time(\(netAmount){ORG}[1d]))
              / on () group_left () day_of_month(vector(time() - 86400))
              * on () group_left () days_in_month(vector(time() - 86400))
            """,
        ]
    ) { answer in
        guard let soFar = answer[netAmount].summed(by: []).first else { return [] }
        var series = [ChartSeries("so far", soFar.values)]
        if let forecast = Spend.forecast(soFar.values, from: answer.days.lowerBound) {
            series.append(ChartSeries("forecast", forecast.line, isForecast: true))
        }
        return series
    }
}
