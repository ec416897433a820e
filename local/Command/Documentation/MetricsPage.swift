import Domain

/// `docs/metrics.md`: the catalogue as a page.
enum MetricsPage {
    /// The sources in the order of the page; each has metrics.
    private static let sources: [Source] = [.organization, .users, .userTeams, .billing]

    static var markdown: String {
        ([introduction, labels] + sources.map(section) + ExtraMetrics.allCases.map(section)
            + [collector])
            .joined(separator: "\n\n") + "\n"
    }

    private static func section(_ group: ExtraMetrics) -> String {
        let metrics = Catalogue.optional.filter { $0.group == group }
        return [
            "## Optional: \(group.rawValue)",
            """
            \(group.meaning): written only if `EXTRA_METRICS` contains `\(group.rawValue)`. \(group.caution)
            """, table(metrics),
        ].joined(separator: "\n\n")
    }

    private static var collector: String {
        func table(_ isListed: (CollectorMetric) -> Bool) -> String {
            Markdown.table(
                ["Metric", "Labels", "Meaning", "Unit"],
                CollectorMetric.all.filter(isListed).map {
                    [
                        Markdown.code($0.name),
                        $0.labels.isEmpty
                            ? "–" : $0.labels.map(Markdown.code).joined(separator: ", "),
                        $0.help, $0.unit.rawValue,
                    ]
                })
        }
        return [
            "## The collector itself",
            """
            Each collection of a day also writes samples about itself to the same backends, unless
            `COLLECTOR_METRICS` is `off`. They are not among the \(Catalogue.metrics.count) metrics above, and are stamped with the
            second of the collection, not with the report day: several days are collected at once, so a
            series can have several samples in one second, a few milliseconds apart
            ([why](decisions/0014-samples-about-the-collector.md)). Use `sum_over_time` to count
            collections by outcome, and `max_over_time` for points in time. [Querying](querying.md) has
            examples. The sink `file:DIR` keeps them in `DIR/_collector/DAY.om`.
            """, table(\.isWritten),
            "### At `/metrics` only",
            """
            `copilot-local run`, `copilot-local console` and function hosts that serve HTTP show the
            following as OpenMetrics text at `/metrics`, together with `…_newest_final_day_…`,
            `…_open_collections`, `…_attention` and `…_dead_letters` as they are now.
            The page also has the help of every metric, so that a Prometheus that scrapes it can explain
            them.
            """, table { !$0.isWritten },
        ].joined(separator: "\n\n")
    }

    private static func table(_ metrics: [Metric]) -> String {
        Markdown.table(
            ["Metric", "Meaning", "Unit", "Sum over", "Field"],
            metrics.map { MetricReference($0) }.map(row))
    }

    private static var introduction: String {
        """
        # Metrics

        <!-- Generated from Sources/Core/Domain/Catalogue.swift by `make docs`: edit the catalogue. -->

        copilot-usage writes \(Catalogue.metrics.count) metrics, and optional ones on request. All are gauges with one sample per day,
        stamped 23:59:59 UTC of the report day. `copilot-local metrics` prints the same reference in a
        terminal, and as JSON with `--json`. [Querying](querying.md) shows how to use them.

        - Activity counts are the total of one day. Billing metrics are month to date and start again on
          the first of a month.
        - A field that GitHub does not report produces no sample; a reported zero does.
        - *Sum over* lists the dimensions over which a sum is correct: `days` with `sum_over_time`, `users`
          with `sum by (organization)`. Any other sum counts people or money twice: nothing can be summed
          over teams, because a user can be in several of them.
        - *Field* is the path of the value in a record of the source, as
          [GitHub documents it](https://docs.github.com/en/copilot/reference/copilot-usage-metrics/copilot-usage-metrics).
        """
    }

    private static var labels: String {
        let rows = Label.allCases.map { label in
            [Markdown.code(label.description), place(label), meaning(label)]
        }
        return "## Labels\n\n" + Markdown.table(["Label", "On", "Meaning"], rows)
    }

    private static func place(_ label: Label) -> String {
        switch label {
        case .organization: "every metric"
        case .userLogin: "user metrics"
        case .userID: "user metrics, when GitHub reports it"
        case .userEmail, .userName:
            "user metrics except team membership, when the organization's members can be read"
        case .model: "`…_by_model_feature`, `…_by_model`, and billing of premium requests"
        case .sku, .unitType: "billing metrics"
        case .teamID, .teamSlug: "`github_copilot_user_team_membership`"
        case .commentType: "`…_by_comment_type`"
        case .phase: "`…_adoption_phase_…`"
        case .ide: "`…_by_ide`"
        case .feature: "`…_by_feature`, `…_by_language_feature`, `…_by_model_feature`"
        case .language: "`…_by_language_feature`"
        }
    }

    private static func meaning(_ label: Label) -> String {
        switch label {
        case .commentType: "The type of a review comment, such as `security`."
        case .feature: "The Copilot feature, such as `code_completion`."
        case .ide: "The editor, such as `vscode`."
        case .language: "The programming language."
        case .model: "The model's name."
        case .organization: "The organization's login."
        case .phase: "The AI adoption phase, such as `Phase 1`."
        case .sku: "The billing SKU."
        case .teamID: "GitHub's number for the team."
        case .teamSlug: "The team's slug; unique within an organization only."
        case .unitType: "The unit that the SKU is billed in, such as `user-months`."
        case .userEmail: "The user's e-mail address on a domain that the organization has verified."
        case .userID: "GitHub's number for the user. It stays when a login changes: join on it."
        case .userLogin: "The user's login, or a pseudonym: see `USER_IDENTITY`."
        case .userName: "The user's display name."
        }
    }

    private static func section(_ source: Source) -> String {
        let metrics = Catalogue.metrics.filter { $0.source == source }
        let groups = metrics.grouped(by: \.labels).map { labels, metrics in
            let heading =
                labels.isEmpty || source == .billing || source == .userTeams
                ? "" : "### \(source.title) by \(words(labels))\n\n"
            return heading + table(metrics)
        }
        return (["## \(source.title)", about(source)] + groups).joined(separator: "\n\n")
    }

    private static func about(_ source: Source) -> String {
        switch source {
        case .organization:
            """
            From the report `organization-1-day`. Active users are distinct people: a week's active users
            are not the sum of seven days'. Command-line and pull-request metrics exist on days for which
            GitHub reports that section.
            """
        case .users:
            """
            From the report `users-1-day`, one record per user and day. Each series also carries
            `user_login`, `user_id`, `user_email` and `user_name`, as far as they are known and
            `USER_IDENTITY` allows.
            """
        case .userTeams:
            """
            From the report `user-teams-1-day`. [Querying](querying.md) shows how to join user metrics to
            teams. GitHub leaves out teams with fewer than five Copilot seats, so team totals can be lower
            than the organization's.
            """
        case .billing:
            """
            From GitHub's billing API, one series per SKU and unit, for the month to date. Never sum them over
            days. Amounts are in the currency that the organization is billed in. Labels: `sku`, `unit_type`
            and, for premium requests, `model`. AI credits by model are [optional](#optional-billing-models).
            """
        case .members: "From GitHub's GraphQL API."
        }
    }

    private static func words(_ labels: [Label]) -> String {
        labels.map { label in
            switch label {
            case .ide: "editor"
            case .commentType: "comment type"
            case .phase: "adoption phase"
            default: label.description
            }
        }.joined(separator: " and ")
    }

    private static func row(_ metric: MetricReference) -> [String] {
        [
            Markdown.code(metric.name), metric.help, metric.unit,
            metric.sumOver.isEmpty ? "–" : metric.sumOver.joined(separator: ", "),
            metric.sourceField.map(Markdown.code) ?? "–",
        ]
    }
}

extension ExtraMetrics {
    /// What a reader must know before using the group.
    fileprivate var caution: String {
        switch self {
        case .billingModels:
            """
            They repeat what the AI credits of `github_copilot_billing_*` contain: never add the two.
            `sku` and `unit_type` are spelled as in GitHub's list by model. One more request per
            organization and day is made.
            """
        }
    }
}
