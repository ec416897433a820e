"""Three invented months of reports, in GitHub's form, and what is in them, read directly.

Everything that breaks dashboards is in here: see `ORGANIZATIONS` and `reports`. The samples are made
from the reports by the catalogue's paths; what a panel should show is added up from the same reports
without any sample.
"""

import random
from collections import defaultdict
from datetime import date, timedelta

FIRST, LAST = date(2026, 8, 1), date(2026, 11, 1)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
# globex and initech are late. On the newest day, the 1st, their newest days are still of October.
NEWEST = {"acme": LAST, "globex": date(2026, 10, 31), "initech": date(2026, 10, 30), "hooli": LAST}
ORGANIZATIONS = list(NEWEST)
# Nobody worked, so there is no report.
QUIET = {("acme", date(2026, 10, 10)), ("acme", date(2026, 10, 11))}
# The bill of a day was never read.
UNBILLED = {("acme", date(2026, 9, 9))}
# hooli is collected without people, and its enterprise pays.
NAMELESS = "hooli"
RENAMED = date(2026, 10, 20)
MOVED = date(2026, 10, 12)

BREAKDOWNS = {
    "totals_by_ide": [{"ide": one} for one in ("vscode", "intellij")],
    "totals_by_feature": [{"feature": one} for one in ("code_completion", "agent_edit", "copilot_cli")],
    "totals_by_language_feature": [
        {"language": language, "feature": feature}
        for language in ("swift", "go", "python", "c#", "java", "rust", "sql", "yaml", "html", "bash", "others")
        for feature in ("code_completion", "agent_edit")],
    "totals_by_model_feature": [
        {"model": model, "feature": feature} for model in ("gpt-5", "opus", "unknown") for feature in ("agent_edit", "copilot_cli")],
    "totals_by_ai_adoption_phase": [{"phase": f"Phase {n}"} for n in (1, 2, 3)],
    "pull_requests.copilot_suggestions_by_comment_type": [{"comment_type": one} for one in ("bug", "security")],
}
LABEL_FIELDS = {"team_slug": "slug", "unit_type": "unitType"}


def reports(metrics: dict) -> dict:
    """By organization, day and source: a list of records, absent where there is no report."""
    chance = random.Random(20_261_101)
    result = {}
    paths = defaultdict(list)
    for metric in metrics.values():
        if metric.field:
            paths[metric.source].append(metric.field)
    for organization in ORGANIZATIONS:
        month = {}
        for day in DAYS:
            if day > NEWEST[organization]:
                continue
            if (organization, day) not in QUIET:
                result[organization, day, "organization-1-day"] = [record(paths["organization-1-day"], chance)]
                if organization != NAMELESS:
                    people = [person for person in crew(organization, day) if chance.random() < 0.8 and present(person, day)]
                    result[organization, day, "users-1-day"] = [
                        {**person["record"], **record(paths["users-1-day"], chance, cli=person["cli"])} for person in people]
                    if chance.random() < 0.97:
                        result[organization, day, "user-teams-1-day"] = [
                            {**person["record"], "team_id": 7_000 + number, "slug": slug}
                            for person in crew(organization, day) for number, slug in enumerate(person["teams"])
                            if "user_id" in person["record"]]
            if organization != NAMELESS:
                items = bill(organization, day, month, chance)
                if (organization, day) not in UNBILLED:
                    result[organization, day, "billing"] = items
    return result


def crew(organization: str, day: date) -> list[dict]:
    """Person 1 is in acme and globex; person 2 changes the login, and person 3 the name and address."""
    first = {"acme": 1, "globex": 8, "initech": 20}.get(organization, 40)
    numbers = [*range(first, first + 8)] + ([1] if organization == "globex" else [])
    people = []
    for number in numbers:
        login = f"dev-{number}" + ("-renamed" if number == 2 and day >= RENAMED else "")
        one = {"user_id": number, "user_login": login}
        if number == 21:
            del one["user_id"]
        # Person 4 has no team, and person 5 changes it.
        teams = [] if number % 8 == 4 else ["mobile"] if number % 2 else ["platform", "everyone"]
        if number == 5:
            teams = ["mobile"] if day < MOVED else ["platform"]
        people.append({"record": one, "teams": teams, "cli": number % 3 == 0, "number": number})
    return people


def present(person: dict, day: date) -> bool:
    """Person 6 stopped in the middle of October, and person 7 began at its end."""
    return not (person["number"] == 6 and day > date(2026, 10, 15) or person["number"] == 7 and day < date(2026, 10, 28))


def record(paths: list[str], chance: random.Random, cli: bool = True) -> dict:
    """A record that has every field of the catalogue, except sections that GitHub sometimes leaves out."""
    result: dict = {}
    missing = {section for section in ("totals_by_cli", "pull_requests") if chance.random() < 0.1}
    if not cli:
        missing.add("totals_by_cli")
    for path in paths:
        if path.split(".")[0].removesuffix("[]") in missing:
            continue
        outer, _, rest = path.partition("[].")
        if not rest:
            put(result, path, chance.randrange(0, 400))
            continue
        elements = result
        for step in outer.split(".")[:-1]:
            elements = elements.setdefault(step, {})
        name = outer.split(".")[-1]
        if name not in elements:
            # On some days every model has a name.
            unnamed = chance.random() < 0.8
            elements[name] = [dict(labels) for labels in BREAKDOWNS[outer] if unnamed or labels.get("model") != "unknown"]
        rows = elements[name]
        for row in rows:
            row[rest] = chance.randrange(0, 90)
    return result


def put(result: dict, path: str, value) -> None:
    *steps, last = path.split(".")
    for step in steps:
        result = result.setdefault(step, {})
    result[last] = value


def bill(organization: str, day: date, month: dict, chance: random.Random) -> list[dict]:
    """Month-to-date: `copilot_trial` ends with October, `coding_agent` begins on 15 October."""
    if day.day == 1:
        month.clear()
    products = [("copilot_for_business", "user-months", None, 4), ("premium_request", "requests", "gpt-5", 0.04),
                ("premium_request", "requests", "opus", 0.04)]
    if day < date(2026, 11, 1):
        products.append(("copilot_trial", "user-months", None, 1))
    if day >= date(2026, 10, 15):
        products.append(("coding_agent", "minutes", None, 0.008))
    items = []
    for sku, unit, model, price in products:
        month[sku, model] = month.get((sku, model), 0) + chance.randrange(1, 100)
        gross = month[sku, model]
        discount = gross // 3 if model else 0
        item = {"sku": sku, "unitType": unit, "pricePerUnit": price, "grossQuantity": gross, "discountQuantity": discount,
                "netQuantity": gross - discount, "grossAmount": gross * price, "discountAmount": discount * price,
                "netAmount": (gross - discount) * price}
        items.append({**item, "model": model} if model else item)
    return items


def values(source: str, item: dict, path: str):
    """The values of a path in a record, each with the element that carries its labels."""
    outer, _, rest = path.partition("[].")
    holder = [item]
    if rest and source != "billing":
        for step in outer.split("."):
            item = item.get(step, {})
        holder = item or []
    for element in holder:
        value = element
        for step in (rest if rest else path).split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value is not None:
            yield element, value


def samples(metrics: dict, found: dict):
    """Every sample as name, labels, value and the second it stands at, as the collector would write them."""
    for (organization, day, source), records in found.items():
        second = stamp(day)
        for metric in metrics.values():
            if metric.source != source:
                continue
            for item in records:
                for element, value in values(source, item, metric.field) if metric.field else [(item, 1)]:
                    labels = {"organization": organization}
                    for label in metric.labels:
                        text = {**item, **element}.get(LABEL_FIELDS.get(label, label))
                        if text is not None:
                            labels[label] = str(text)
                    if "user_email" in metric.labels and organization == "acme":
                        # Identity `full` in acme, `login` elsewhere.
                        number = item["user_id"]
                        labels["user_email"] = f"dev-{number}@acme.example"
                        labels["user_name"] = "Ada" + (" Married" if number == 3 and day >= RENAMED else "")
                    yield metric.name, labels, value, second


def stamp(day: date) -> int:
    return (day - date(1970, 1, 1)).days * 86_400 + 86_399
