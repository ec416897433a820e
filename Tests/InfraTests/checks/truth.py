"""What the reports say, added up without PromQL."""

from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta

import reports

Labels = frozenset
Days = dict[Labels, dict[date, float]]
Values = dict[Labels, float]


def labels(**named) -> Labels:
    return Labels((name, str(value)) for name, value in named.items() if value not in (None, ""))


class Truth:
    """The chosen organizations' reports as they are seen at a moment: `today` is the newest full day."""

    def __init__(self, found: dict, organizations: list[str], today: date, days: int = 30):
        self.found, self.organizations, self.today = found, organizations, today
        self.range = self.window(days)

    def window(self, days: int, before: int = 0) -> list[date]:
        end = self.today - timedelta(days=before)
        return [end - timedelta(days=n) for n in range(days)][::-1]

    def rows(self, source: str, path: str | None):
        for organization in self.organizations:
            for day in reports.DAYS:
                if day > self.today:
                    continue
                for item in self.found.get((organization, day, source), []):
                    for element, value in reports.values(source, item, path) if path else [(item, 1)]:
                        yield organization, day, {**item, **element}, value

    def days(self, source: str, path: str | None, by: tuple = (), where=lambda item: True, merge=sum) -> Days:
        """By organization and the given fields."""
        lists: dict = defaultdict(lambda: defaultdict(list))
        for organization, day, item, value in self.rows(source, path):
            if where(item):
                named = {one: item.get(reports.LABEL_FIELDS.get(one, one)) for one in by}
                lists[labels(organization=organization, **named)][day].append(value)
        return {key: {day: merge(each) for day, each in series.items()} for key, series in lists.items()}

    def org(self, path: str, *by: str, **more) -> Days:
        return self.days("organization-1-day", path, by, **more)

    def user(self, path: str, *by: str, known: bool = False, **more) -> Days:
        where = more.pop("where", lambda item: True)
        return self.days("users-1-day", path, by, where=lambda item: where(item) and (not known or "user_id" in item), **more)

    def bill(self, field: str, *by: str, **more) -> Days:
        return self.days("billing", f"usageItems[].{field}", by, **more)

    # Over time

    def total(self, series: Days, window=None, merge=sum) -> Values:
        window = set(window or self.range)
        lists = {key: [value for day, value in each.items() if day in window] for key, each in series.items()}
        return {key: merge(each) for key, each in lists.items() if each}

    def count(self, series: Days, window=None) -> Values:
        return self.total(series, window, len)

    def newest(self, series: Days, same_month: bool = False) -> Values:
        """Each organization's newest day of the week that has anything of the series."""
        last: dict = {}
        for key, each in series.items():
            for day in each:
                if day in self.window(7) and (not same_month or (day.month, day.year) == (self.today.month, self.today.year)):
                    last[of(key, "organization")] = max(last.get(of(key, "organization"), day), day)
        return {key: each[last[of(key, "organization")]] for key, each in series.items()
                if last.get(of(key, "organization")) in each}

    def age(self) -> Values:
        seen = self.org("daily_active_users")
        result = {}
        for key, each in seen.items():
            days = [day for day in each if day in self.window(7)]
            if days:
                result[key] = (self.today - max(days)).days + 1
            elif any(day in self.range for day in each):
                result[key] = 8
        return result

    # Money

    def daily_spend(self, *by: str) -> Days:
        result: dict = defaultdict(lambda: defaultdict(float))
        net = self.bill("netAmount", "sku", "model", "unit_type")
        billed = {(organization, day) for (organization, day, source) in self.found if source == "billing"}
        for key, each in net.items():
            organization = of(key, "organization")
            for day, value in each.items():
                before = day - timedelta(days=1)
                if day.day > 1 and (organization, before) not in billed:
                    continue
                was = 0 if day.day == 1 else each.get(before, 0)
                result[only(key, *by)][day] += value - was
        return {key: dict(each) for key, each in result.items()}

    def forecast(self) -> Days:
        return {key: {day: value / day.day * monthrange(day.year, day.month)[1] for day, value in each.items()}
                for key, each in self.bill("netAmount").items()}

    # People and teams

    def login(self, organization: str, number: str, window=None) -> str:
        for day in reversed(window or self.range):
            for item in self.found.get((organization, day, "users-1-day"), []):
                if str(item.get("user_id")) == number:
                    return item["user_login"]
        raise KeyError(number)

    def named(self, people: Values, window=None) -> Values:
        return {key | labels(user_login=self.login(of(key, "organization"), of(key, "user_id"), window)): value
                for key, value in people.items()}

    def members(self) -> dict[str, set[tuple[str, str]]]:
        """Team and number of each member, by organization, on the organization's newest day with a report of teams."""
        return {organization: {
            (item["slug"], str(item["user_id"])) for day in [max(
                (day for day in self.window(7) if (organization, day, "user-teams-1-day") in self.found and day <= self.today),
                default=None)] if day for item in self.found[organization, day, "user-teams-1-day"]}
            for organization in self.organizations}

    def by_team(self, people: Values, merge=sum) -> Values:
        """A person's number added to each team of the newest day."""
        lists = defaultdict(list)
        for organization, pairs in self.members().items():
            for slug, number in pairs:
                value = people.get(labels(organization=organization, user_id=number))
                if value is not None:
                    lists[labels(organization=organization, team_slug=slug)].append(value)
        return {key: merge(each) for key, each in lists.items()}

    def by_team_of_the_day(self, people: Days) -> Days:
        result: dict = defaultdict(lambda: defaultdict(float))
        for organization, day, item, _ in self.rows("user-teams-1-day", None):
            value = people.get(labels(organization=organization, user_id=item["user_id"]), {}).get(day)
            if value is not None:
                result[labels(organization=organization, team_slug=item["slug"])][day] += value
        return {key: dict(each) for key, each in result.items()}


def of(key: Labels, name: str) -> str:
    return dict(key)[name]


def only(key: Labels, *names: str) -> Labels:
    return Labels(pair for pair in key if pair[0] in names)


def by(series: dict, *names: str, merge=sum):
    """Groups as `sum by` does, over values or over days."""
    lists: dict = defaultdict(list)
    for key, each in series.items():
        lists[only(key, *names)].append(each)
    return {key: merge_all(each, merge) for key, each in lists.items()}


def merge_all(each: list, merge):
    if not isinstance(each[0], dict):
        return merge(each)
    days = {day for one in each for day in one}
    return {day: merge([one[day] for one in each if day in one]) for day in days}


def ratio(part: dict, whole: dict) -> dict:
    """Absent where there is nothing to divide by."""
    result = {}
    for key, each in part.items():
        if key not in whole:
            continue
        if isinstance(each, dict):
            result[key] = {day: value / whole[key][day] for day, value in each.items() if whole[key].get(day, 0) > 0}
        elif whole[key] > 0:
            result[key] = each / whole[key]
    return {key: each for key, each in result.items() if each != {}}


def top(count: int, people: Values) -> Values:
    return dict(sorted(people.items(), key=lambda pair: -pair[1])[:count])
