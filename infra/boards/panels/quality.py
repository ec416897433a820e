from panels import COUNT, DAYS, DOLLARS, SHARE, Board, Panel, Queries, Row
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
