from panels import COUNT, DAYS, DOLLARS, NO_PEOPLE, SHARE, Board, Panel, Queries, Row
from promql import NET

ORG = "{{organization}}"


def board(q: Queries) -> Board:
    day, now = q.day, q.now
    active = "github_copilot_org_daily_active_users"
    monthly = "github_copilot_org_monthly_active_users"
    prompts = "github_copilot_org_user_initiated_interaction_count"
    lines = "github_copilot_org_loc_added_sum"
    enterprise = ("An organization's report contains everyone whom the enterprise licenses, so organizations must not be"
                  " added up.")
    late = "Days that have not arrived yet: GitHub may be up to three days late."
    week = lambda before: now.total(prompts, window="7d", before=f" offset {before}d")
    return Board("copilot-overview", "Copilot / Overview", "Use and cost of all organizations at a glance.", [
        Row("Now", [
            Panel("daily", "How many people used Copilot on the newest day?",
                  "Each organization's newest day in the range.", enterprise, "stat", COUNT, {ORG: day.day(active)}),
            Panel("monthly", "How many in 28 days?",
                  "The 28 days that end with each organization's newest day.", enterprise, "stat", COUNT,
                  {ORG: day.day(monthly)}),
            Panel("habit", "Is it a habit or a trial?",
                  "People of the newest day divided by people of its 28 days. Compare the same weekdays.",
                  "Days whose 28 days had nobody.", "stat", SHARE, {ORG: day.day(active) + "\n/ on (organization)\n("
                                                                    + day.day(monthly) + " > 0)"}),
            Panel("people", "How many different people, in all chosen organizations together?",
                  "Everyone with a record in the range counts once, in however many organizations and under however many"
                  " names.", "Everyone, if USER_IDENTITY is none.", "stat", COUNT,
                  {"people": f"count(\n{now.people()}\n)"}, instant=True, empty=NO_PEOPLE),
            Panel("lines-total", "How many lines of code did Copilot add?", "The sum of the range's days.",
                  late, "stat", COUNT, {ORG: now.total(lines)}, instant=True),
            Panel("month", "What does the month cost so far?",
                  "The month-to-date net amount of the newest day: after allowances and discounts. In the first days of a month a"
                  " late organization still shows the month before.",
                  "Organizations whose enterprise pays: they have no bill of their own.", "stat", DOLLARS,
                  {ORG: day.month()}),
            Panel("growth", "Are prompts growing, week on week?",
                  "The seven days that ended three days ago, against the seven before. Days that may still be revised or"
                  " missing are skipped, so a late report is no decline.", "The last three days.", "stat", SHARE,
                  {ORG: f"{week(3)}\n/ on (organization)\n({week(10)} > 0) - 1"}, instant=True),
            Panel("age", "How old is the newest day?",
                  "1 is yesterday. Up to 3 is GitHub's usual delay; a weekend without activity adds two. 8 means a week"
                  " or longer.", "Organizations without any day in the range.", "stat", DAYS, {ORG: now.age()}, instant=True,
                  thresholds=((0, "green"), (4, "yellow"), (6, "red"))),
        ]),
        Row("By organization", [
            Panel("daily-chart", "Where is it used?", "Distinct people per day.", enterprise, "lines", COUNT,
                  {ORG: day.day(active)}),
            Panel("monthly-chart", "Does its reach grow?", "Distinct people in the 28 days that end with each day.",
                  enterprise, "lines", COUNT, {ORG: day.day(monthly)}),
            Panel("lines-chart", "How much code is added per day?", "Lines added with Copilot, per day.", late, "bars", COUNT,
                  {ORG: day.day(lines)}),
            Panel("month-chart", "Who spends?", "Month-to-date net amount; it starts again on the 1st.",
                  "Organizations whose enterprise pays.", "lines", DOLLARS, {ORG: day.month()}),
            Panel("organizations", "How do the organizations compare?",
                  "People and spend of each organization's own newest day; prompts, lines and acceptance of the range.",
                  enterprise, "table", COUNT, {
                      "People, newest day": now.newest(active), "People, 28 days": now.newest(monthly),
                      "Prompts": now.total(prompts), "Lines added": now.total(lines), "Completions accepted": now.acceptance(),
                      "Month so far": now.by_organization(now.newest(NET)), "Days old": now.age()},
                  instant=True, units={"Completions accepted": SHARE, "Month so far": DOLLARS, "Days old": "none"}, width=24),
        ]),
    ])
