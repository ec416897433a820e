import Domain

/// The fields that GitHub documents and that are not metrics.
///
/// A field that is neither here nor in the catalogue is counted and named as unknown, so that a new
/// surface of Copilot is noticed on the day it appears.
/// Sources: <https://docs.github.com/en/copilot/reference/copilot-usage-metrics/copilot-usage-metrics>
/// and the changelogs of 2026 that added to it.
enum DocumentedFields {
    /// The paths of one source, written like ``Metric/path``.
    static func paths(of source: Source) -> [String] {
        switch source {
        case .organization: record + organization + breakdowns
        case .users: record + users + breakdowns
        case .userTeams: record
        case .billing, .members: []
        }
    }

    private static let record = [
        "organization_id", "enterprise_id", "etl_id", "day_partition", "entity_id_partition",
    ]

    private static let organization =
        ["weekly", "monthly"].flatMap { period in
            [
                "\(period)_active_copilot_cloud_agent_users",
                "\(period)_active_copilot_code_review_users",
                "\(period)_passive_copilot_code_review_users",
            ]
        }
        + ["daily", "weekly", "monthly"].flatMap { period in
            ["\(period)_active_copilot_app_users", "\(period)_active_vscode_agent_users"]
        }
        + [
            "weekly_active_cli_users", "monthly_active_cli_users", "copilot_feature_engagement",
        ]
        + [
            "phase_number", "version", "users_in_phase_28d", "avg_loc_deleted",
            "avg_pull_requests_reviewed",
            "avg_pull_requests_created", "avg_pull_requests_merged",
            "avg_pull_requests_median_minutes_to_merge", "total_pull_requests_merged",
            "avg_pull_requests_minutes_to_review", "avg_pull_requests_review_cycles",
        ].map { "totals_by_ai_adoption_phase[].\($0)" }

    private static let users = [
        "used_agent", "used_chat", "used_cli", "used_copilot_coding_agent",
        "used_copilot_cloud_agent", "used_copilot_code_review_active",
        "used_copilot_code_review_passive", "used_copilot_app", "used_vscode_agent",
        "ai_adoption_phase", "ai_credits_used", "totals_by_cli.last_known_cli_version",
        "totals_by_ide[].last_known_ide_version", "totals_by_ide[].last_known_plugin_version",
    ]

    private static let breakdowns =
        [
            "code_acceptance_activity_count", "loc_suggested_to_add_sum",
            "loc_suggested_to_delete_sum", "loc_deleted_sum",
        ].map { "totals_by_model_feature[].\($0)" } + [
            "totals_by_language_model", "totals_by_3rd_party_agent", "totals_by_copilot_app",
            "totals_by_vscode_agent",
        ]
        // Customizations of the command line, since September 2026.
        + ["skill", "custom_agent", "mcp", "slash_cmd", "plugin"].flatMap {
            ["totals_by_\($0)", "distinct_\($0)_use_count"]
        }
}
