"""The recording rules: what people need and get wrong."""

from promql import ACTIVE, WEEK, PromQL, block, either

q = PromQL(range="28d")

GROUP = "copilot-usage"
# A recorded value is forgotten after five minutes, so it must be renewed before.
INTERVAL = "4m"

NEWEST_DAY = "organization:copilot_newest_day:timestamp_seconds"
MONTH = "organization:github_copilot_billing_net_amount:month_to_date"
DAILY = "organization_sku:github_copilot_billing_net_amount:daily"
FORECAST = "organization:github_copilot_billing_net_amount:month_forecast"
PEOPLE = "copilot_people:count28d"
ACCEPTANCE = "organization:copilot_completions:acceptance_ratio28d"
TEAM_LINES = "organization_team:github_copilot_user_loc_added_sum:sum28d"
TEAM_PROMPTS = "organization_team:github_copilot_user_user_initiated_interaction_count:sum28d"
TEAM_ACTIVE = "organization_team:copilot_people:count28d"


def newest_day() -> str:
    parts = [f"{q.day(ACTIVE, before=k)} * 0 + {k}" for k in range(WEEK)]
    yesterday = "(time() - 86399) - (time() - 86399) % 86400"
    return f"{yesterday} - 86400 *\n{block(either(parts, 'organization'))}"


RULES = [
    (NEWEST_DAY, newest_day(),
     "The newest day with a report, as the Unix time of its midnight; absent when there was none for a week."),
    (MONTH, q.by_organization(q.this_month("github_copilot_billing_net_amount")),
     "The bill of the current month so far. A late organization is left out while its newest day is of the month before."),
    (DAILY, q.newest_daily_spend(),
     "What the newest day cost. On the 1st it is the day's amount, and so it is for a product new on the bill."),
    (FORECAST, q.forecast_this_month(),
     "Where the month ends if its days so far are typical. Of little use in the first days."),
    (PEOPLE, f"count(\n{q.people()}\n)",
     "Different people in 28 days over all organizations, each once. Counts of organizations must not be added up."),
    (ACCEPTANCE, q.acceptance(),
     "Accepted completions of those offered: a ratio of sums. Agents are left out, because nobody accepts what they write."),
    (TEAM_ACTIVE, q.active_by_team(),
     "Members of a team who were active in 28 days, by the teams of the newest day."),
    (TEAM_PROMPTS, q.range_by_team("github_copilot_user_user_initiated_interaction_count"),
     "Prompts by team. Teams must not be added up: a person can be in several."),
    (TEAM_LINES, q.range_by_team("github_copilot_user_loc_added_sum"),
     "Lines of code added, by team."),
]
