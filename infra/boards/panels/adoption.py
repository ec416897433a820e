from panels import COUNT, MINUTES, SHARE, Board, Panel, Queries, Row
from promql import COMPLETIONS, ratio


def board(q: Queries) -> Board:
    day, now = q.day, q.now
    org = "github_copilot_org_"
    pulls = f"{org}pull_requests_"
    chart = lambda **named: {name.replace("_", " "): day.day(org + metric) for name, metric in named.items()}
    late = "Days that have not arrived yet."
    section = "Days for which GitHub reports no such section: they are gaps, not zeros."
    return Board("copilot-adoption", "Copilot / Adoption and code",
                 "Who uses which part of Copilot in one organization, and what comes of it. Figures include everyone whom the"
                 " enterprise licenses, so show one organization at a time.", [
        Row("Users", [
            Panel("active", "How many people use it?", "Distinct people of the day, and of the 7 and 28 days that end with it.",
                  late, "lines", COUNT, chart(day="daily_active_users", week="weekly_active_users", month="monthly_active_users")),
            Panel("surfaces", "Who uses the newer surfaces?", "Distinct people of the day.",
                  section, "lines", COUNT, chart(
                      CLI="daily_active_cli_users", cloud_agent="daily_active_copilot_cloud_agent_users",
                      code_review="daily_active_copilot_code_review_users",
                      code_review_unasked="daily_passive_copilot_code_review_users")),
            Panel("chat-agent", "Do people move from chat to agents?", "Distinct people in the 28 days that end with each day.",
                  late, "lines", COUNT, chart(chat="monthly_active_chat_users", agent="monthly_active_agent_users")),
            Panel("phases", "How mature is the use?", "Engaged people by GitHub's AI adoption phase.", section, "stacked", COUNT,
                  {"{{phase}}": day.day(f"{org}adoption_phase_engaged_users")}),
            Panel("phase-person", "What does a person of each phase do on a day?",
                  "Averages per person, of the newest day. Averages are never added up or averaged again.", section, "table",
                  COUNT, {name: now.newest(f"{org}adoption_phase_avg_{metric}") for name, metric in {
                      "Prompts": "user_initiated_interactions", "Generations": "code_generation_activities",
                      "Acceptances": "code_acceptance_activities", "Lines added": "loc_added"}.items()}, instant=True),
        ]),
        Row("Code", [
            Panel("volume", "How much is asked, generated and accepted?", "Sums of the day.",
                  late + " Agents generate without anybody accepting.", "lines", COUNT, chart(
                      prompts="user_initiated_interaction_count", generations="code_generation_activity_count",
                      acceptances="code_acceptance_activity_count")),
            Panel("acceptance", "Are completions useful?", "Accepted completions divided by those offered, per day.",
                  "Everything but completions, and days without any. What agents write is never offered for acceptance.",
                  "lines", SHARE, {"accepted": day.acceptance(day.day)}),
            Panel("acceptance-range", "How many completions were accepted in the range?",
                  "A ratio of the range's sums, not a mean of daily ratios.", "Everything but completions.", "stat", SHARE,
                  {"{{organization}}": now.acceptance()}, instant=True),
            Panel("lines", "How many lines are suggested, added and deleted?", "Sums of the day.", late, "lines", COUNT, chart(
                suggested="loc_suggested_to_add_sum", added="loc_added_sum", suggested_to_delete="loc_suggested_to_delete_sum",
                deleted="loc_deleted_sum")),
            Panel("prompts-feature", "Which way of prompting grows?", "Prompts per day and feature.",
                  "Completions: they are not prompted.", "stacked", COUNT,
                  {"{{feature}}": day.day(f"{org}user_initiated_interaction_count_by_feature")}),
            Panel("lines-feature", "Who writes the code: people, agents or the CLI?",
                  "Lines added in the range, by feature. agent_edit is written by agents.", late, "ranking", COUNT,
                  {"{{feature}}": f"sum by (feature) ({now.total(f'{org}loc_added_sum_by_feature')})"}, instant=True),
        ]),
        Row("Editors and models", [
            Panel("prompts-editor", "Which editors do people use?", "Prompts per day and editor.", late, "stacked", COUNT,
                  {"{{ide}}": day.day(f"{org}user_initiated_interaction_count_by_ide")}),
            Panel("editors", "What happens in each editor?", "Sums of the range.", late, "table", COUNT, {
                name: f"sum by (ide) ({now.total(f'{org}{metric}_by_ide')})" for name, metric in {
                    "Generations": "code_generation_activity_count", "Acceptances": "code_acceptance_activity_count",
                    "Lines added": "loc_added_sum", "Lines deleted": "loc_deleted_sum"}.items()}, instant=True),
            Panel("prompts-model", "Which models are asked, and when did that change?", "Prompts per day and model.",
                  late + " GitHub calls some models unknown or others.", "stacked", COUNT,
                  {"{{model}}": f"sum by (model) ({day.day(f'{org}user_initiated_interaction_count_by_model_feature')})"}),
            Panel("lines-model", "Which models write the code?", "Lines added in the range, by model.", late, "ranking", COUNT,
                  {"{{model}}": f"sum by (model) ({now.total(f'{org}loc_added_sum_by_model_feature')})"}, instant=True),
            Panel("languages", "In which languages does it help most?", "The ten languages with most lines added in the range.",
                  "Other languages.", "ranking", COUNT, {
                      "{{language}}": f"topk(10, sum by (language) ({now.total(f'{org}loc_added_sum_by_language_feature')}))"},
                  instant=True),
            Panel("language-feature", "What is generated and accepted, by language and feature?", "Sums of the range.", late,
                  "table", COUNT, {name: f"sum by (language, feature) ({now.total(f'{org}{metric}_by_language_feature')})"
                                   for name, metric in {"Generations": "code_generation_activity_count",
                                                        "Acceptances": "code_acceptance_activity_count"}.items()}, instant=True),
        ]),
        Row("CLI", [
            Panel("cli", "Is the CLI used?", "Sums of the day.", section, "lines", COUNT, chart(
                sessions="cli_session_count", requests="cli_request_count", prompts="cli_prompt_count")),
            Panel("cli-tokens", "How many tokens does the CLI use?",
                  "Sums of the day; on the right axis GitHub's average per request.", section, "lines", COUNT,
                  chart(sent="cli_prompt_tokens_sum", returned="cli_output_tokens_sum", per_request="cli_avg_tokens_per_request"),
                  right_axis=("per request",)),
        ]),
        Row("Pull requests", [
            Panel("pulls", "How many pull requests are there, and how many by Copilot?", "Counts of the day.", section, "lines",
                  COUNT, chart(
                      created="pull_requests_created", reviewed="pull_requests_reviewed", merged="pull_requests_merged",
                      created_by_Copilot="pull_requests_created_by_copilot",
                      reviewed_by_Copilot="pull_requests_reviewed_by_copilot")),
            Panel("pulls-share", "What share of merged pull requests has Copilot in it?", "Counts of the day, divided.",
                  "Days on which nothing was merged.", "lines", SHARE, {
                      name: ratio(day.day(f"{pulls}merged_{name}_by_copilot"), day.day(f"{pulls}merged"))
                      for name in ("created", "reviewed")}),
            Panel("pulls-median", "Are pull requests with Copilot merged faster?",
                  "GitHub's median of the day. Medians are never averaged.", "Days on which nothing was merged.", "lines",
                  MINUTES, chart(
                      all="pull_requests_median_minutes_to_merge",
                      written_by_Copilot="pull_requests_median_minutes_to_merge_copilot_authored",
                      reviewed_by_Copilot="pull_requests_median_minutes_to_merge_copilot_reviewed")),
            Panel("suggestions", "Are review suggestions applied?", "Applied suggestions of the range divided by all of them.",
                  section, "stat", SHARE, {
                      "Copilot's": ratio(now.total(f"{pulls}copilot_applied_suggestions"), now.total(f"{pulls}copilot_suggestions")),
                      "all": ratio(now.total(f"{pulls}applied_suggestions"), now.total(f"{pulls}suggestions"))}, instant=True),
            Panel("suggestion-kinds", "What do Copilot's reviews find, and what is applied?", "Sums of the range, by comment type.",
                  section, "table", COUNT, {
                      "Suggested": f"sum by (comment_type) ({now.total(f'{pulls}copilot_suggestions_by_comment_type')})",
                      "Applied": f"sum by (comment_type) ({now.total(f'{pulls}copilot_applied_suggestions_by_comment_type')})"},
                  instant=True),
        ]),
    ], many=False)
