"""PromQL that is right for one sample per day.

Each sample is stamped in the last second of its day. So a window of one day holds exactly one sample,
wherever it begins, and everything here is made of such windows. A bare selector sees five minutes,
and a window of two days holds two days of some series and one of others.

A moment shows the day that its window ends in: `PromQL(shift=0)` shows the newest full day, as alerts
want it; `PromQL(shift=-1)` looks one day ahead, so that a point of a chart stands on its own day.
"""

from dataclasses import dataclass
from textwrap import indent

from catalogue import COLLECTOR, METRICS

# How many days back "newest" looks: a weekend without reports, and GitHub's delay of up to three days.
WEEK = 7

USERS = "github_copilot_user_user_initiated_interaction_count"
TEAMS = "github_copilot_user_team_membership"
ACTIVE = "github_copilot_org_daily_active_users"
NET = "github_copilot_billing_net_amount"
PRICE = "github_copilot_billing_price_per_unit"
ACCEPTED = "github_copilot_org_code_acceptance_activity_count_by_feature"
GENERATED = "github_copilot_org_code_generation_activity_count_by_feature"
COMPLETIONS = 'feature="code_completion"'


def ago(days: int) -> str:
    """The modifier that moves a window into the past."""
    return f" offset {days}d" if days else ""


def block(text: str) -> str:
    return f"(\n{indent(text, '  ')}\n)"


def either(parts: list[str], on: str = "") -> str:
    """The first of the vectors that has something, for each value of the label `on`."""
    return f"\nor{f' on ({on})' if on else ''}\n".join(parts)


def ratio(part: str, whole: str, on: str = "organization") -> str:
    """A quotient that is absent, not NaN, where there is nothing to divide by."""
    return f"{part}\n/ on ({on})\n({whole} > 0)"


@dataclass(frozen=True)
class PromQL:
    selector: str = ""
    range: str = "$__range"
    shift: int = 0

    def select(self, metric: str, labels: str = "") -> str:
        assert metric in METRICS, metric
        matchers = ", ".join(one for one in (self.selector, labels) if one)
        return f"{metric}{{{matchers}}}" if matchers else metric

    # The collector itself: one sample per collection of a day, stamped when it happened

    def collector(self, name: str, labels: str = "") -> str:
        metric = f"copilot_usage_collector_{name}"
        matchers = ", ".join(one for one in (self.selector if "organization" in COLLECTOR[metric].labels else "", labels) if one)
        return f"{metric}{{{matchers}}}" if matchers else metric

    def collected(self, name: str, labels: str = "", over: str = "sum") -> str:
        """All collections of the day."""
        return f"{over}_over_time({self.collector(name, labels)}[1d]{ago(self.shift)})"

    def lately(self, name: str, labels: str = "", over: str = "last", window: str = "30h") -> str:
        """The collections of the last tick: a day, and six hours for a tick that is late or retried."""
        return f"{over}_over_time({self.collector(name, labels)}[{window}])"

    # One day

    def day(self, metric: str, labels: str = "", before: int = 0) -> str:
        """The value of the day, or of one some days before."""
        return f"last_over_time({self.select(metric, labels)}[1d]{ago(self.shift + before)})"

    def moment(self, before: int = 0) -> str:
        """A second of the day that `day` shows: the last one belongs to the day, not to the next."""
        seconds = 86_399 + 86_400 * (self.shift + before)
        return f"vector(time() {'-' if seconds > 0 else '+'} {abs(seconds)})"

    def newest(self, metric: str, labels: str = "", aggregate=lambda text: text) -> str:
        """Each organization's newest day, whole: never a series of one day beside one of another."""
        return either([aggregate(self.day(metric, labels, k)) for k in range(WEEK)], "organization")

    def this_month(self, metric: str, labels: str = "") -> str:
        """As `newest`, without days of the month before: on the 1st a late organization would bring all of it."""
        parts = [self.day(metric, labels)] + [
            f"({self.day(metric, labels, k)} and on () (day_of_month({self.moment()}) > {k}))" for k in range(1, WEEK)]
        return either(parts, "organization")

    def age(self, metric: str = ACTIVE) -> str:
        """How many days ago the newest day was: 1 is yesterday; 8 is a week ago or longer."""
        parts = [f"{self.day(metric, before=k)} * 0 + {k + 1}" for k in range(WEEK)]
        return either([*parts, f"count_over_time({self.select(metric)}[{self.range}]) * 0 + {WEEK + 1}"], "organization")

    # Many days

    def total(self, metric: str, labels: str = "", window: str = "", before: str = "") -> str:
        assert "days" in METRICS[metric].sum_over, f"{metric} must not be summed over days"
        return f"sum_over_time({self.select(metric, labels)}[{window or self.range}]{before})"

    def days(self, metric: str, labels: str = "", window: str = "", before: str = "") -> str:
        return f"count_over_time({self.select(metric, labels)}[{window or self.range}]{before})"

    def acceptance(self, total=None) -> str:
        """Only completions are accepted or not; what an agent writes is never offered."""
        take = total or self.total
        return ratio(take(ACCEPTED, COMPLETIONS), take(GENERATED, COMPLETIONS))

    # Money

    def by_organization(self, amount: str) -> str:
        return f"sum by (organization) {block(amount)}" if "\n" in amount else f"sum by (organization) ({amount})"

    def month(self, metric: str = NET) -> str:
        return self.by_organization(self.day(metric))

    def daily_spend(self, metric: str = NET, before: int = 0, by: str = "sku") -> str:
        """What a day added to the month-to-date amount.

        On the 1st that is the amount itself, and so it is for a product that was not on the bill of
        the day before. Without a bill of the day before nothing can be said.
        """
        now, then = self.day(metric, before=before), self.day(metric, before=before + 1)
        first = f"day_of_month({self.moment(before)})"
        return f"sum by ({by}) " + block(either([
            f"(({now} - {then}) and on () ({first} > 1))",
            f"({now} and on () ({first} == 1))",
            f"({now} and on (organization) {then})"]))

    def newest_daily_spend(self, metric: str = NET) -> str:
        return either([self.daily_spend(metric, k, "organization, sku") for k in range(WEEK)], "organization")

    def forecast(self, metric: str = NET, before: int = 0) -> str:
        """The month at the pace of its days so far."""
        moment = self.moment(before)
        return (f"sum by (organization) ({self.day(metric, before=before)})"
                f" / on () group_left () day_of_month({moment}) * on () group_left () days_in_month({moment})")

    def forecast_this_month(self, metric: str = NET) -> str:
        parts = [self.forecast(metric)] + [
            f"({self.forecast(metric, k)} and on () (day_of_month({self.moment()}) > {k}))" for k in range(1, WEEK)]
        return either(parts, "organization")

    # People

    def people(self, seen=None) -> str:
        """One series per person: by GitHub's number, or by login where GitHub gave no number."""
        seen = seen or self.days
        return (f"count by (user_id) ({seen(USERS, KNOWN)})\n"
                f"or count by (user_login) ({seen(USERS, UNKNOWN)})")

    def login(self, window: str = "") -> str:
        """A person's newest login, as a vector of ones: after a rename there are two in the window."""
        newest = (f"max_over_time((0 * last_over_time({self.select(USERS, KNOWN)}[1d]) + time())"
                  f"[{window or self.range}:1d])")
        return (f"0 * topk by (organization, user_id) (1, max by (organization, user_id, user_login) ({newest})) + 1")

    def named(self, per_person: str, window: str = "") -> str:
        """A vector by organization and `user_id`, with the newest login."""
        return f"{per_person}\n* on (organization, user_id) group_left (user_login)\n({self.login(window)})"

    def per_person(self, metric: str, take=None, labels: str = "") -> str:
        take = take or self.total
        matchers = ", ".join(one for one in (KNOWN, labels) if one)
        return f"sum by (organization, user_id) ({take(metric, matchers)})"

    # Teams

    def membership(self) -> str:
        """The teams of each organization's newest day; a person whose login changed is one."""
        return self.newest(TEAMS, KNOWN, lambda day: f"max by (organization, user_id, team_slug) ({day})")

    def by_team(self, metric: str, labels: str = "") -> str:
        """The day's value by the teams of that day.

        The right side is added up first, so that there is one series per person: a second login,
        address or editor would have Prometheus refuse the whole query.
        """
        return "sum by (organization, team_slug) " + block(
            f"max by (organization, user_id, team_slug) ({self.day(TEAMS, KNOWN)})\n"
            f"* on (organization, user_id) group_left ()\n{self.per_person(metric, self.day, labels)}")

    def range_by_team(self, metric: str) -> str:
        """The range's total, by the teams of the newest day."""
        return "sum by (organization, team_slug) " + block(
            f"{block(self.membership())}\n* on (organization, user_id) group_left ()\n{self.per_person(metric)}")

    def active_by_team(self) -> str:
        return "count by (organization, team_slug) " + block(
            f"{block(self.membership())}\nand on (organization, user_id)\n{self.days(USERS, KNOWN)}")


KNOWN, UNKNOWN = 'user_id!=""', 'user_id=""'
