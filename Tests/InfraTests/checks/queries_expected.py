"""What the recording rules, the alerts and the questions of docs/querying.md should answer."""

import datetime

import collector
from panels_expected import (
    BILL, LINES, PROMPTS, ROWS, SENT, distinct, people, person, quiet, range_acceptance)
from truth import Truth, by, of, only, ratio, top

BUDGET = 5_000


def on(t: Truth, series: dict) -> dict:
    """The newest full day."""
    return {key: each[t.today] for key, each in series.items() if t.today in each}


def month(t: Truth) -> dict:
    return by(t.newest(t.bill("netAmount", *BILL), same_month=True), "organization")


def midnights(t: Truth) -> dict:
    return {key: (max(each) - datetime.date(1970, 1, 1)).days * 86_400
            for key, days in t.org("daily_active_users").items() if (each := [day for day in days if day in t.window(7)])}


# By the name of the rule.
RECORDED = {
    "organization:copilot_newest_day:timestamp_seconds": midnights,
    "organization:github_copilot_billing_net_amount:month_to_date": month,
    "organization_sku:github_copilot_billing_net_amount:daily": lambda t: t.newest(t.daily_spend("organization", "sku")),
    "organization:github_copilot_billing_net_amount:month_forecast": lambda t: t.newest(t.forecast(), same_month=True),
    "copilot_people:count28d": distinct,
    "organization:copilot_completions:acceptance_ratio28d": range_acceptance,
    "organization_team:copilot_people:count28d": lambda t: t.by_team(people(t), len),
    "organization_team:github_copilot_user_user_initiated_interaction_count:sum28d":
        lambda t: t.by_team(t.total(person(t, PROMPTS))),
    "organization_team:github_copilot_user_loc_added_sum:sum28d": lambda t: t.by_team(t.total(person(t, LINES))),
}


def over(amounts: dict) -> dict:
    return {key: value for key, value in amounts.items() if value > BUDGET}


def forecast_over(t: Truth) -> dict:
    if t.today.day < 5:
        return {}
    return {key: value for key, value in over(t.newest(t.forecast(), same_month=True)).items() if key not in over(month(t))}


def new_products(t: Truth) -> dict:
    seen = lambda *window: t.count(t.bill("netAmount", "sku", *BILL[1:]), t.window(*window))
    products = lambda *window: by(seen(*window), "organization", "sku", merge=len)
    before = products(35, 7)
    known = {of(key, "organization") for key in before}
    return {key: value for key, value in products(7).items() if key not in before and of(key, "organization") in known}


def dropped(t: Truth) -> dict:
    mean = lambda values: sum(values) / len(values)
    active = t.org("daily_active_users")
    recent, before = (t.total(active, t.window(7, ago), mean) for ago in (3, 10))
    return {key: value for key, value in recent.items() if key in before and before[key] >= 5 and value < 0.7 * before[key]}


# By the name of the alert: nobody is silent, no price changed, and nobody used a million tokens. Those stories are told
# in `alerts`.
ALERTED = {
    "CopilotUsageMissing": lambda t: {}, "CopilotUsageOrganizationMissing": lambda t: {},
    "CopilotMonthOverBudget": lambda t: over(month(t)), "CopilotForecastOverBudget": forecast_over,
    "CopilotNewProductOnBill": new_products, "CopilotPriceChanged": lambda t: {}, "CopilotUsageDropped": dropped,
    "CopilotOnePersonUsesMostTokens": lambda t: {}, **collector.ALERTS,
}


def idle_members(t: Truth) -> dict:
    today = on(t, t.days("user-teams-1-day", None, ("user_login", "user_id"), merge=lambda _: 1))
    prompts = t.total(person(t, PROMPTS))
    return {key: 1 for key in today if not prompts.get(only(key, "organization", "user_id"), 0) > 0}


def members_today(t: Truth) -> dict:
    recent = people(t)
    rows = {(organization, item["slug"], str(item["user_id"])) for organization, day, item, _ in t.rows("user-teams-1-day", None)
            if day == t.today}
    counts: dict = {}
    for organization, slug, number in rows:
        if frozenset([("organization", organization), ("user_id", number)]) in recent:
            key = frozenset([("organization", organization), ("team_slug", slug)])
            counts[key] = counts.get(key, 0) + 1
    return counts


def largest_shares(t: Truth) -> dict:
    each = t.total(t.user(SENT, "user_login"))
    whole = t.total(t.user(SENT))
    best: dict = {}
    for key, value in each.items():
        organization = only(key, "organization")
        if whole[organization] > 0 and value >= best.get(organization, (None, -1))[1]:
            best[organization] = key, value
    return {key: value / whole[organization] for organization, (key, value) in best.items()}


def known_people(t: Truth) -> dict:
    return {frozenset(): len({key for key in by(t.count(person(t, PROMPTS)), "user_id")})}


# The twenty questions, in the order of the page, over 28 days unless it says otherwise.
ASKED = [
    lambda t: on(t, t.org("daily_active_users")),
    known_people,
    lambda t: ratio(on(t, t.org("daily_active_users")), on(t, t.org("monthly_active_users"))),
    lambda t: {key: (t.now - 86_400 - second) / 86_400 for key, second in midnights(t).items()},
    lambda t: t.total(t.org(ROWS["ide"] + PROMPTS, "ide")),
    lambda t: {only(key, "organization", "user_id"): value for key, value in quiet(t).items()},
    idle_members,
    lambda t: on(t, t.bill("netAmount")),
    lambda t: on(t, t.daily_spend("organization", "sku")),
    lambda t: on(t, t.forecast()),
    lambda t: top(5, by(on(t, t.bill("grossAmount", "model", where=lambda item: "model" in item)), "model")),
    lambda t: ratio(on(t, t.bill("discountAmount")), on(t, t.bill("grossAmount"))),
    lambda t: on(t, t.bill("netQuantity", where=lambda item: item["unitType"] == "user-months")),
    lambda t: ratio(on(t, t.bill("netAmount")), on(t, t.org("monthly_active_users"))),
    range_acceptance,
    lambda t: t.total(t.org(ROWS["feature"] + LINES, "feature")),
    lambda t: ratio(t.total(t.org("pull_requests.total_merged_created_by_copilot")), t.total(t.org("pull_requests.total_merged"))),
    members_today,
    lambda t: on(t, t.by_team_of_the_day(person(t, LINES))),
    lambda t: largest_shares(Truth(t.found, t.organizations, t.today, 7)),
]
