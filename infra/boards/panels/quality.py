from panels import COUNT, DAYS, DOLLARS, NOT_COLLECTED, SECONDS, SHARE, Board, Panel, Queries, Row
from promql import ACTIVE, NET, USERS, either, ratio

ORG = "{{organization}}"


def board(q: Queries) -> Board:
    day, now = q.day, q.now
    lines, user_lines = "github_copilot_org_loc_added_sum", "github_copilot_user_loc_added_sum"
    prompts = "github_copilot_org_user_initiated_interaction_count_by_model_feature"
    total = lambda metric, labels="": f"sum by (organization) ({day.day(metric, labels)})"
    # No such series is a share of zero, as long as there is a whole.
    share = lambda metric, labels: ratio(f"({either([total(metric, labels), f'0 * {total(metric)}'], 'organization')})", total(metric))
    people = f"count by (organization) ({day.day(USERS)})"
    no_people = " With USER_IDENTITY=none it is empty."
    everything = ", ".join(one for one in ('__name__=~"github_copilot_.+"', day.selector) if one)
    window = day.day(USERS).rsplit("[", 1)[1]
    report = 'source="organization-1-day"'
    explorer = q.metric.rstrip("}") + (f", {day.selector}" if day.selector else "") + "}"
    return Board("copilot-quality", "Copilot / Data quality", "Which days are there, and how far the reports agree.", [
        Row("Days", [
            Panel("present", "Which days are there?", "A cell for each day with a report of the organization.",
                  "Days without a report: late, missing, or without any activity. GitHub writes none for those.", "presence", "none",
                  {ORG: f"{day.day(ACTIVE)} * 0 + 1"}, width=24),
            Panel("late", "How old is the newest day, and how many are there?",
                  "1 is yesterday; 8 means a week or longer. The count is of the range.", "Organizations without any day in the range.",
                  "table", DAYS, {"Days old": now.age(), "Days in the range": now.days(ACTIVE)}, instant=True),
        ]),
        Row("Agreement", [
            Panel("people-agree", "Do the reports agree on the number of people?",
                  "Records of users divided by the active users of the organization's report. 1 is agreement.",
                  "Days with only one of the reports." + no_people, "lines", SHARE, {ORG: ratio(people, day.day(ACTIVE))}),
            Panel("lines-agree", "Do the reports agree on the lines of code?",
                  "The sum over users divided by the organization's own number. 1 is agreement.",
                  "Days with only one of the reports." + no_people, "lines", SHARE, {ORG: ratio(total(user_lines), day.day(lines))}),
            Panel("features-agree", "Do the features cover the total?", "The sum over features divided by the total. 1 is agreement.",
                  "Days without lines.", "lines", SHARE, {ORG: ratio(total(f"{lines}_by_feature"), day.day(lines))}),
            Panel("unnamed", "How many prompts have no named model?", "Prompts whose model is unknown or others, divided by all.",
                  "Days without prompts.", "lines", SHARE, {ORG: share(prompts, 'model=~"unknown|others"')}),
            Panel("named-spend", "How much of the spend names its model?", "Net amount with a model divided by the net amount.",
                  "Organizations without a bill of their own. Seats have no model.", "lines", SHARE,
                  {ORG: share(NET, 'model!=""')}),
        ]),
        Row("Collector", [
            Panel("outcomes", "How did the collections of each day come out?",
                  "Sources of days that were collected, by outcome. A point counts the 24 hours of the day on which they were"
                  " collected, which is one to three days after the day that they are about.",
                  "Outcomes that did not occur.", "stacked", COUNT,
                  {"{{outcome}}": f"sum by (outcome) ({day.collected('outcome')}) > 0"}, empty=NOT_COLLECTED),
            Panel("attention", "What needs a person?",
                  "Days on which a source failed or was refused and has not come out well since. failed and rejected are tried"
                  " again by each tick; no-permission and policy-off wait for a change at GitHub.",
                  "What an administrator has to do: copilot-local status says it.", "table", COUNT,
                  {"Days": f"max by (organization, source, outcome) ({now.lately('attention')}) > 0"}, instant=True,
                  empty="nothing needs a person"),
            Panel("freshness", "Is GitHub late, or are we?",
                  "The ages of the newest day with data and of the newest final day, and the days that ticks still read. The"
                  " first grows if GitHub publishes no report. The second also grows if a source fails. Both grow at once, and"
                  " the chart of outcomes ends, if nothing is collected.",
                  "Organizations that were not collected in the last 30 hours.", "table", DAYS, {
                      "Newest data": "(time() - max by (organization) "
                      f"({now.lately('report_day_timestamp_seconds', report, 'max', '14d')})) / 86400",
                      "Newest final day": "(time() - max by (organization) "
                      f"({now.lately('newest_final_day_timestamp_seconds')})) / 86400",
                      "Open days": f"max by (organization) ({now.lately('open_collections')})"},
                  instant=True, units={"Open days": COUNT}, empty=NOT_COLLECTED),
            Panel("dead-letters", "How many events failed for good?",
                  "Dead letters at the last tick. Run copilot-local dead-letters, and redrive them when their cause is gone.",
                  "Buses that cannot list their events, such as Amazon SQS.", "stat", COUNT,
                  {"Dead letters": f"max({now.lately('dead_letters')})"}, instant=True, empty=NOT_COLLECTED),
            Panel("restated", "How many samples did GitHub revise?",
                  "Samples that changed, appeared or disappeared since they were sent, on the day that they were sent again.",
                  "Sources that failed.", "bars", COUNT, {ORG: f"sum by (organization) ({day.collected('restated_samples')})"},
                  empty=NOT_COLLECTED),
            Panel("effort", "How long did collecting take?",
                  "Time spent on all sources, waiting for GitHub and for the backend included. Days of one organization are"
                  " collected side by side, so the sum can be longer than the tick.",
                  "Time between retries.", "lines", SECONDS,
                  {ORG: f"sum by (organization) ({day.collected('duration_seconds')})"}, empty=NOT_COLLECTED),
            Panel("requests", "How many requests does GitHub get, and how many does it allow?",
                  "Requests to GitHub's API on the day, and on the right axis the least that its rate limit left.",
                  "Downloads of report files, which have no limit.", "lines", COUNT, {
                      f"requests {ORG}": f"sum by (organization) ({day.collected('requests')})",
                      f"left {ORG} {{{{resource}}}}":
                      f"min by (organization, resource) ({day.collected('rate_limit_remaining', over='min')})"},
                  right_axis=("left",), empty=NOT_COLLECTED),
        ]),
        Row("Series", [
            Panel("series", "How many series does a day have?", "All series of the 110 metrics with a sample on the day.",
                  "Series of the collector itself. A query over every metric is slow: keep the range short.", "lines", COUNT,
                  {ORG: f"count by (organization) (last_over_time({{{everything}}}[{window})"}),
            Panel("explorer", "How does any metric look, by any label?",
                  "The metric and label chosen above, per day. The column Sum over of the metrics' reference says whether the sum over"
                  " the remaining labels has a meaning.", "Nothing.", "lines", COUNT,
                  {ORG + " {{" + q.by + "}}": f"sum by (organization, {q.by}) (last_over_time({explorer}[{window})"}),
        ]),
    ], variables=("metric", "by"))
