"""What the collector did in the invented months: a tick each morning, which collects the last three days.

As in `reports`, the samples are made from what happened, and what a panel should show is added up from it without any sample.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import reports

PREFIX = "copilot_usage_collector_"
OUTCOMES = ["written", "unchanged", "restated", "not-ready", "not-applicable", "no-permission", "policy-off", "not-billed-here",
            "rejected", "failed"]
FAULTS = ["no-permission", "policy-off", "rejected", "failed"]
SOURCES = ["organization-1-day", "users-1-day", "billing"]
# acme's bill is refused from here on, and globex' users cannot be read on two days.
REFUSED = date(2026, 10, 5)
FAILING = {date(2026, 10, 11), date(2026, 10, 12)}
TICKS = [day + timedelta(days=1) for day in reports.DAYS]


@dataclass(frozen=True)
class Collection:
    organization: str
    source: str
    tick: date
    day: date
    second: int
    outcome: str
    restated: int
    requests: int

    @property
    def seconds(self) -> float:
        return self.requests * 1.5


def collections() -> list[Collection]:
    found = []
    for number, tick in enumerate(TICKS):
        for organization in reports.ORGANIZATIONS:
            for age in (1, 2, 3):
                day = tick - timedelta(days=age)
                for source in SOURCES:
                    outcome = "written" if age == 1 else "restated" if age == 3 and number % 5 == 0 else "unchanged"
                    if day > reports.NEWEST[organization]:
                        outcome = "not-ready"
                    if (organization, source) == ("acme", "billing") and tick >= REFUSED:
                        outcome = "no-permission"
                    if (organization, source) == ("globex", "users-1-day") and tick in FAILING:
                        outcome = "failed"
                    found.append(Collection(
                        organization, source, tick, day, six(tick) + age, outcome, number if outcome == "restated" else 0,
                        age + SOURCES.index(source)))
    return found


def six(tick: date) -> int:
    """06:00 in the morning."""
    return reports.stamp(tick) - 86_399 + 6 * 3_600


def attention(organization: str, source: str, outcome: str, tick: date) -> int:
    if (organization, source, outcome) == ("acme", "billing", "no-permission"):
        return max(0, min(28, (tick - REFUSED).days + 1))
    if (organization, source, outcome) == ("globex", "users-1-day", "failed"):
        return 3 if tick in FAILING else 0
    return 0


def left(organization: str, tick: date) -> int:
    return 5_000 - tick.day - 100 * reports.ORGANIZATIONS.index(organization)


def final(tick: date) -> int:
    return reports.stamp(tick - timedelta(days=4))


def open_days(tick: date) -> int:
    return 3 + tick.day % 2


def dead_letters(tick: date) -> int:
    return 2 if tick > date(2026, 10, 31) else 0


def samples():
    """As the collector writes them. Its milliseconds, which keep days apart, are seconds here."""
    for one in collections():
        labels = {"organization": one.organization, "source": one.source}
        for outcome in OUTCOMES:
            yield "outcome", {**labels, "outcome": outcome}, int(outcome == one.outcome), one.second
        for outcome in FAULTS:
            yield ("attention", {**labels, "outcome": outcome},
                   attention(one.organization, one.source, outcome, one.tick), one.second)
        yield "restated_samples", labels, one.restated, one.second
        yield "requests", labels, one.requests, one.second
        yield "duration_seconds", labels, one.seconds, one.second
        if one.outcome in ("written", "unchanged", "restated"):
            yield "report_day_timestamp_seconds", labels, reports.stamp(one.day), one.second
        if one.source == SOURCES[0]:
            only = {"organization": one.organization}
            yield "rate_limit_remaining", {**only, "resource": "core"}, left(one.organization, one.tick) + one.second % 3, one.second
            yield "newest_final_day_timestamp_seconds", only, final(one.tick), one.second
            yield "open_collections", only, open_days(one.tick), one.second
    for tick in TICKS:
        yield "dead_letters", {}, dead_letters(tick), six(tick) + 9


def written():
    return [(PREFIX + name, labels, value, second) for name, labels, value, second in samples()]


# What panels and alerts should show

def by_tick(t, value, *fields: str) -> dict:
    """A sum over the collections of each day on which somebody collected."""
    found: dict = {}
    for one in collections():
        if one.organization in t.organizations:
            key = frozenset((name, getattr(one, name)) for name in fields)
            days = found.setdefault(key, {})
            days[one.tick] = days.get(one.tick, 0) + value(one)
    return found


def least_left(t) -> dict:
    return {frozenset([("organization", organization), ("resource", "core")]): {
        tick: left(organization, tick) + min((six(tick) + age) % 3 for age in (1, 2, 3)) for tick in TICKS}
        for organization in t.organizations}


def latest(t) -> date:
    """The last tick before now."""
    return max(tick for tick in TICKS if six(tick) + 9 < t.now)


def of_organizations(t, value) -> dict:
    return {frozenset([("organization", organization)]): found for organization in t.organizations
            if (found := value(organization)) is not None}


def in_need(t, *outcomes: str) -> dict:
    tick = latest(t)
    return {frozenset([("organization", organization), ("source", source), ("outcome", outcome)]): days
            for organization in t.organizations for source in SOURCES for outcome in outcomes or FAULTS
            if (days := attention(organization, source, outcome, tick)) > 0}


def data_age(t) -> dict:
    newest = lambda organization: max(
        reports.stamp(one.day) for one in collections() if one.organization == organization and one.source == SOURCES[0]
        and one.second < t.now and one.outcome in ("written", "unchanged", "restated"))
    return of_organizations(t, lambda organization: (t.now - newest(organization)) / 86_400)


def freshness(t) -> list[dict]:
    tick = latest(t)
    return [data_age(t), of_organizations(t, lambda _: (t.now - final(tick)) / 86_400),
            of_organizations(t, lambda _: open_days(tick))]


PANELS = {
    "outcomes": lambda t: [by_tick(t, lambda _: 1, "outcome")],
    "attention": lambda t: [in_need(t)],
    "freshness": freshness,
    "dead-letters": lambda t: [{frozenset(): dead_letters(latest(t))}],
    "restated": lambda t: [by_tick(t, lambda one: one.restated, "organization")],
    "effort": lambda t: [by_tick(t, lambda one: one.seconds, "organization")],
    "requests": lambda t: [by_tick(t, lambda one: one.requests, "organization"), least_left(t)],
}

ALERTS = {
    "CopilotCollectorSilent": lambda t: {},
    "CopilotCollectorFailing": lambda t: in_need(t, "failed", "rejected"),
    "CopilotCollectorRefused": lambda t: in_need(t, "no-permission", "policy-off"),
    # Nobody is later than two days; that story is told in `alerts`.
    "CopilotGitHubLate": lambda t: {},
    "CopilotDeadLetters": lambda t: {frozenset(): found} if (found := dead_letters(latest(t))) else {},
}
