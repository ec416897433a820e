from panels import COUNT, DAYS, NO_PEOPLE, SHARE, Board, Panel, Queries, Row
from promql import COMPLETIONS, KNOWN, TEAMS, USERS, block, either, ratio

USER = "github_copilot_user_"
LINES, PROMPT_TOKENS, OUTPUT_TOKENS = f"{USER}loc_added_sum", f"{USER}cli_prompt_tokens_sum", f"{USER}cli_output_tokens_sum"


def board(q: Queries) -> Board:
    day, now = q.day, q.now
    team, person = "{{team_slug}}", "{{user_login}}"
    small = "People without a team, and teams with fewer than five Copilot seats, which GitHub leaves out. Teams overlap."
    numbered = "People for whom GitHub reports no number."
    seen = lambda window, before="": (
        f"count by (organization, user_id) ({now.days(USERS, KNOWN, window=window, before=before)})")
    nobody = lambda people, everybody: either([people, f"0 * {everybody}"], "organization")
    everybody = f"count by (organization) ({day.day(USERS, KNOWN)})"
    teamless = (f"count by (organization) ({day.day(USERS, KNOWN)} unless on (organization, user_id) {day.day(TEAMS, KNOWN)})")
    counted = lambda text: f"count by (organization) ({text})"
    new = f"{seen('7d')} unless {seen('28d', ' offset 7d')}"
    mine = lambda metric, by: f"sum by ({by}) ({day.day(USER + metric, q.user)})"
    active_days = lambda window: f"sum by (organization, user_id) ({now.days(USERS, KNOWN, window=window)})"
    columns = {
        "Active days": now.per_person(USERS, now.days), "Prompts": now.per_person(USERS),
        "Lines added": now.per_person(LINES), "Generations": now.per_person(f"{USER}code_generation_activity_count"),
        "Acceptances": now.per_person(f"{USER}code_acceptance_activity_count"),
        "CLI tokens": f"({now.per_person(PROMPT_TOKENS)} + {now.per_person(OUTPUT_TOKENS)})"}
    panel = lambda *words, **more: Panel(*words, **{"empty": NO_PEOPLE, **more})
    return Board("copilot-people", "Copilot / Teams and people",
                 "Teams and people of one organization. Everything here needs per-person series: with USER_IDENTITY=none the"
                 " board is empty, with pseudonym it shows stand-ins. Restrict the folder to those who may see it.", [
        Row("Teams", [
            panel("team-active", "How many members of each team are active?",
                  "Members on the newest day who have a record in the range.", small, "ranking", COUNT,
                  {team: now.active_by_team()}, instant=True),
            panel("teams", "How do the teams compare?", "Sums of the range, by the teams of the newest day.", small, "table", COUNT, {
                "Members": f"count by (organization, team_slug) {block(now.membership())}", "Active": now.active_by_team(),
                "Prompts": now.range_by_team(USERS), "Lines added": now.range_by_team(LINES),
                "CLI prompt tokens": now.range_by_team(PROMPT_TOKENS)}, instant=True),
            panel("team-lines", "How many lines does each team add?", "Lines of the day, by the teams of that day.", small, "stacked",
                  COUNT, {team: day.by_team(LINES)}),
            panel("team-prompts", "How much does each team prompt?", "Prompts of the day, by the teams of that day.", small, "lines",
                  COUNT, {team: day.by_team(USERS)}),
            panel("team-editor", "How many lines does each team add in the chosen editors?",
                  "Lines of the day in the editors chosen above, by the teams of that day.", small, "lines", COUNT,
                  {team: day.by_team(f"{USER}loc_added_sum_by_ide", q.ide)}),
            panel("team-acceptance", "Do the teams find completions useful?", "Accepted completions divided by those offered.",
                  small + " Everything but completions.", "lines", SHARE, {team: ratio(
                      day.by_team(f"{USER}code_acceptance_activity_count_by_feature", COMPLETIONS),
                      day.by_team(f"{USER}code_generation_activity_count_by_feature", COMPLETIONS), "organization, team_slug")}),
            panel("teamless", "How many active people are in no team?", "Active people of the day who are in no team of that day.",
                  "Days without a report of teams. " + numbered, "stat", COUNT,
                  {"{{organization}}": f"({nobody(teamless, everybody)})\nand on (organization) {day.day(TEAMS, KNOWN)}"}),
        ]),
        Row("People", [
            panel("people", "Who does how much?", "Sums of the range. A renamed person has one row, under the newest name.", numbered,
                  "table", COUNT, {name: now.named(expr) for name, expr in columns.items()}, instant=True, width=24),
            panel("top", "Which ten people prompt most?", "Prompts of the range.", numbered + " Everyone else.", "ranking", COUNT,
                  {person: f"topk(10,\n{now.named(now.per_person(USERS))}\n)"}, instant=True),
            panel("days", "Do people use it daily or once a month?", "How many people were active on how many days of the range.",
                  numbered + " People who were never active.", "histogram", DAYS,
                  {person: active_days(now.range)}, instant=True),
            panel("quiet", "Who stopped?", "Active in the last 28 days, but not in the last 14; with the number of active days.",
                  numbered + " People who were never active.", "table", DAYS, {
                      "Active days": now.named(f"({active_days('28d')}\nunless on (organization, user_id)\n{active_days('14d')})",
                                               "28d")}, instant=True, empty="nobody, or " + NO_PEOPLE),
            panel("new", "How many people are new this week?", "Active in the last 7 days, and not in the 28 days before.",
                  numbered + " Organizations that have no records of those 28 days.", "stat", COUNT, {
                      "{{organization}}": f"({nobody(counted(new), counted(seen('7d')))})\nand on (organization)"
                                          f" {seen('28d', ' offset 7d')}"}, instant=True),
            panel("runaway", "Does one person use most of the CLI's tokens?",
                  "The largest share of the day's prompt tokens. With few people a large share is normal.",
                  "Days without use of the CLI.", "stat", SHARE, {
                      "{{organization}}": f"max by (organization) ({day.per_person(PROMPT_TOKENS, day.day)})\n/ on (organization)\n"
                                          f"(sum by (organization) ({day.day(PROMPT_TOKENS, KNOWN)}) > 0)"},
                  thresholds=((0, "text"), (0.6, "red"))),
        ]),
        Row("The chosen people", [
            panel("user-features", "How do the chosen people prompt?",
                  "Prompts of the day, by feature. After a rename, choose both names.", "Completions: they are not prompted.",
                  "stacked", COUNT, {"{{feature}}": mine("user_initiated_interaction_count_by_feature", "feature")}),
            panel("user-languages", "In which languages do they work?",
                  "Lines added per day, by language. After a rename, choose both names.", "Days that have not arrived yet.",
                  "stacked", COUNT, {"{{language}}": mine("loc_added_sum_by_language_feature", "language")}),
            panel("user-models", "Which models do they ask?", "Prompts of the day, by model. After a rename, choose both names.",
                  "Days that have not arrived yet.", "stacked", COUNT,
                  {"{{model}}": mine("user_initiated_interaction_count_by_model_feature", "model")}),
        ]),
    ], many=False, variables=("user", "ide"))
