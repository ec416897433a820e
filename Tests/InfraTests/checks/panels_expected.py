"""What each panel should show, by its key: a list with the series of each of its queries, in order."""

import collector
from truth import Truth, by, ratio, top

PROMPTS, LINES = "user_initiated_interaction_count", "loc_added_sum"
GENERATED, ACCEPTED = "code_generation_activity_count", "code_acceptance_activity_count"
COMPLETIONS = {"where": lambda item: item.get("feature") == "code_completion"}
SENT, RETURNED = (f"totals_by_cli.token_usage.{name}_tokens_sum" for name in ("prompt", "output"))
ROWS = {"feature": "totals_by_feature[].", "ide": "totals_by_ide[].", "phase": "totals_by_ai_adoption_phase[]."}
TWO = {"language": "totals_by_language_feature[].", "model": "totals_by_model_feature[]."}
KINDS = "pull_requests.copilot_suggestions_by_comment_type[]."
BILL = ("sku", "unit_type", "model")
USD = 5_000


def completions(t: Truth, report: str, *labels: str, **more):
    take = t.org if report == "org" else t.user
    return [take(f"totals_by_feature[].{name}", *labels, **COMPLETIONS, **more) for name in (ACCEPTED, GENERATED)]


def each(series: dict, change):
    return {key: {day: change(value) for day, value in days.items()} for key, days in series.items()}


def person(t: Truth, path: str, **more):
    return t.user(path, "user_id", known=True, **more)


def both(first: dict, second: dict, join):
    if first and isinstance(next(iter(first.values())), dict):
        return {key: {day: join(value, second[key][day]) for day, value in days.items() if day in second[key]}
                for key, days in first.items() if key in second}
    return {key: join(value, second[key]) for key, value in first.items() if key in second}


def people(t: Truth, window=None):
    return t.count(person(t, PROMPTS), window)


def month(t: Truth, field: str = "netAmount"):
    return t.bill(field)


def distinct(t: Truth):
    seen = {item.get("user_id", item["user_login"]) for _, day, item, _ in t.rows("users-1-day", PROMPTS) if day in t.range}
    return {frozenset(): len(seen)} if seen else {}


def share(part: dict, whole: dict):
    """Nothing of a whole is a share of zero."""
    return ratio({key: {day: part.get(key, {}).get(day, 0) for day in days} for key, days in whole.items()}, whole)


def growth(t: Truth):
    prompts = t.org(PROMPTS)
    return {key: value - 1 for key, value in ratio(
        t.total(prompts, t.window(7, 3)), t.total(prompts, t.window(7, 10))).items()}


def range_acceptance(t: Truth):
    accepted, offered = completions(t, "org")
    return ratio(t.total(accepted), t.total(offered))


def teamless(t: Truth):
    member = {(organization, day, item["user_id"]) for organization, day, item, _ in t.rows("user-teams-1-day", None)}
    told = {(organization, day) for organization, day, _ in member}
    result: dict = {}
    for organization, day, item, _ in t.rows("users-1-day", PROMPTS):
        if "user_id" in item and (organization, day) in told:
            days = result.setdefault(frozenset([("organization", organization)]), {})
            days[day] = days.get(day, 0) + ((organization, day, item["user_id"]) not in member)
    return result


def newcomers(t: Truth):
    recent, before = people(t, t.window(7)), people(t, t.window(28, 7))
    known = by(before, "organization", merge=len)
    return {key: sum(1 for one in recent if key <= one and one not in before)
            for key in by(recent, "organization") if key in known}


def quiet(t: Truth):
    recent = people(t, t.window(14))
    return t.named({key: value for key, value in people(t, t.window(28)).items() if key not in recent}, t.window(28))


def largest_share(t: Truth):
    tokens = person(t, SENT)
    return ratio(by(tokens, "organization", merge=max), by(tokens, "organization"))


def members(t: Truth):
    result: dict = {}
    for organization, pairs in t.members().items():
        for slug, _ in pairs:
            key = frozenset([("organization", organization), ("team_slug", slug)])
            result[key] = result.get(key, 0) + 1
    return result


def range_by(t: Truth, path: str, label: str):
    return by(t.total(t.org(path, label)), label)


def present(t: Truth):
    return each(t.org("daily_active_users"), lambda _: 1)


def pulls(t: Truth, name: str):
    return t.org(f"pull_requests.{name}")


def chosen(t: Truth, path: str, label: str):
    mine = {"where": lambda item: item["user_login"] in ("dev-2", "dev-2-renamed")}
    return by(t.user(path, label, **mine), label)


EXPECTED = {
    # Overview
    "daily:overview": lambda t: [t.org("daily_active_users")],
    "monthly": lambda t: [t.org("monthly_active_users")],
    "habit": lambda t: [ratio(t.org("daily_active_users"), t.org("monthly_active_users"))],
    "people:overview": lambda t: [distinct(t)],
    "lines-total": lambda t: [t.total(t.org(LINES))],
    "month": lambda t: [month(t)],
    "growth": lambda t: [growth(t)],
    "age": lambda t: [t.age()],
    "daily-chart": lambda t: [t.org("daily_active_users")],
    "monthly-chart": lambda t: [t.org("monthly_active_users")],
    "lines-chart": lambda t: [t.org(LINES)],
    "month-chart": lambda t: [month(t)],
    "organizations": lambda t: [
        t.newest(t.org("daily_active_users")), t.newest(t.org("monthly_active_users")), t.total(t.org(PROMPTS)),
        t.total(t.org(LINES)), range_acceptance(t), by(t.newest(t.bill("netAmount", *BILL)), "organization"), t.age()],
    # Adoption and code
    "active": lambda t: [t.org(f"{name}_active_users") for name in ("daily", "weekly", "monthly")],
    "surfaces": lambda t: [t.org(name) for name in (
        "daily_active_cli_users", "daily_active_copilot_cloud_agent_users", "daily_active_copilot_code_review_users",
        "daily_passive_copilot_code_review_users")],
    "chat-agent": lambda t: [t.org("monthly_active_chat_users"), t.org("monthly_active_agent_users")],
    "phases": lambda t: [t.org(ROWS["phase"] + "total_engaged_users", "phase")],
    "phase-person": lambda t: [t.newest(t.org(f"{ROWS['phase']}avg_{name}", "phase")) for name in (
        "user_initiated_interactions", "code_generation_activities", "code_acceptance_activities", "loc_added")],
    "volume": lambda t: [t.org(PROMPTS), t.org(GENERATED), t.org(ACCEPTED)],
    "acceptance": lambda t: [ratio(*completions(t, "org"))],
    "acceptance-range": lambda t: [range_acceptance(t)],
    "lines": lambda t: [t.org(name) for name in (
        "loc_suggested_to_add_sum", LINES, "loc_suggested_to_delete_sum", "loc_deleted_sum")],
    "prompts-feature": lambda t: [t.org(ROWS["feature"] + PROMPTS, "feature")],
    "lines-feature": lambda t: [range_by(t, ROWS["feature"] + LINES, "feature")],
    "prompts-editor": lambda t: [t.org(ROWS["ide"] + PROMPTS, "ide")],
    "editors": lambda t: [range_by(t, ROWS["ide"] + name, "ide") for name in (GENERATED, ACCEPTED, LINES, "loc_deleted_sum")],
    "prompts-model": lambda t: [by(t.org(TWO["model"] + PROMPTS, "model"), "model")],
    "lines-model": lambda t: [range_by(t, TWO["model"] + LINES, "model")],
    "languages": lambda t: [top(10, range_by(t, TWO["language"] + LINES, "language"))],
    "language-feature": lambda t: [
        by(t.total(t.org(TWO["language"] + name, "language", "feature")), "language", "feature") for name in (GENERATED, ACCEPTED)],
    "cli": lambda t: [t.org(f"totals_by_cli.{name}_count") for name in ("session", "request", "prompt")],
    "cli-tokens": lambda t: [t.org(SENT), t.org(RETURNED), t.org("totals_by_cli.token_usage.avg_tokens_per_request")],
    "pulls": lambda t: [pulls(t, name) for name in (
        "total_created", "total_reviewed", "total_merged", "total_created_by_copilot", "total_reviewed_by_copilot")],
    "pulls-share": lambda t: [
        ratio(pulls(t, f"total_merged_{name}_by_copilot"), pulls(t, "total_merged")) for name in ("created", "reviewed")],
    "pulls-median": lambda t: [pulls(t, "median_minutes_to_merge" + name) for name in ("", "_copilot_authored", "_copilot_reviewed")],
    "suggestions": lambda t: [ratio(t.total(pulls(t, f"total_{name}applied_suggestions")), t.total(pulls(t, f"total_{name}suggestions")))
                              for name in ("copilot_", "")],
    "suggestion-kinds": lambda t: [range_by(t, f"{KINDS}total_copilot_{name}suggestions", "comment_type") for name in ("", "applied_")],
    # Spend
    "net": lambda t: [month(t)],
    "gross": lambda t: [month(t, "grossAmount")],
    "covered": lambda t: [ratio(month(t, "discountAmount"), month(t, "grossAmount"))],
    "forecast": lambda t: [t.forecast()],
    "forecast-budget": lambda t: [each(t.forecast(), lambda value: value / USD)],
    "per-person": lambda t: [ratio(month(t), t.org("monthly_active_users"))],
    "month-budget": lambda t: [month(t), {frozenset(): {day: USD for day in t.range}}],
    "daily:spend": lambda t: [t.daily_spend("sku")],
    "by-sku": lambda t: [by(t.newest(t.bill("netAmount", *BILL), same_month=True), "sku")],
    "by-model": lambda t: [by(t.newest(t.bill(
        "grossAmount", "model", where=lambda item: "model" in item), same_month=True), "model")],
    "quantity": lambda t: [by(t.bill("grossQuantity", *BILL), "sku", "unit_type")],
    "prices": lambda t: [by(t.bill("pricePerUnit", *BILL), *BILL, merge=max)],
    "bill": lambda t: [t.newest(t.bill(name, *BILL)) for name in (
        "grossQuantity", "discountQuantity", "netQuantity", "pricePerUnit", "grossAmount", "discountAmount", "netAmount")],
    "tokens": lambda t: [both(t.org(SENT), t.org(RETURNED), lambda sent, returned: sent + returned)],
    # Teams and people
    "team-active": lambda t: [t.by_team(people(t), len)],
    "teams": lambda t: [
        members(t), t.by_team(people(t), len), *(t.by_team(t.total(person(t, path))) for path in (PROMPTS, LINES, SENT))],
    "team-lines": lambda t: [t.by_team_of_the_day(person(t, LINES))],
    "team-prompts": lambda t: [t.by_team_of_the_day(person(t, PROMPTS))],
    "team-editor": lambda t: [t.by_team_of_the_day(person(t, ROWS["ide"] + LINES))],
    "team-acceptance": lambda t: [ratio(*(t.by_team_of_the_day(one) for one in completions(t, "user", "user_id", known=True)))],
    "teamless": lambda t: [teamless(t)],
    "people:people": lambda t: [t.named(values) for values in (
        people(t), *(t.total(person(t, path)) for path in (PROMPTS, LINES, GENERATED, ACCEPTED)),
        both(t.total(person(t, SENT)), t.total(person(t, RETURNED)), lambda sent, returned: sent + returned))],
    "top": lambda t: [top(10, t.named(t.total(person(t, PROMPTS))))],
    "days": lambda t: [people(t)],
    "quiet": lambda t: [quiet(t)],
    "new": lambda t: [newcomers(t)],
    "runaway": lambda t: [largest_share(t)],
    "user-features": lambda t: [chosen(t, ROWS["feature"] + PROMPTS, "feature")],
    "user-languages": lambda t: [chosen(t, TWO["language"] + LINES, "language")],
    "user-models": lambda t: [chosen(t, TWO["model"] + PROMPTS, "model")],
    # Data quality
    "present": lambda t: [present(t)],
    "late": lambda t: [t.age(), t.count(t.org("daily_active_users"))],
    "people-agree": lambda t: [ratio(t.user(PROMPTS, merge=len), t.org("daily_active_users"))],
    "lines-agree": lambda t: [ratio(t.user(LINES), t.org(LINES))],
    "features-agree": lambda t: [ratio(t.org(ROWS["feature"] + LINES), t.org(LINES))],
    "unnamed": lambda t: [share(t.org(
        TWO["model"] + PROMPTS, where=lambda item: item["model"] in ("unknown", "others")), t.org(TWO["model"] + PROMPTS))],
    "named-spend": lambda t: [share(t.bill("netAmount", where=lambda item: "model" in item), month(t))],
    **collector.PANELS,
    "explorer": lambda t: [t.org(ROWS["ide"] + LINES, "ide")],
}
