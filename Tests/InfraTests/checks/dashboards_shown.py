"""What the dashboards show: each query of each panel, on a real Prometheus and a real VictoriaMetrics.

The numbers are compared with what the reports say, added up without PromQL: see `reports` and `truth`.
"""

import contextlib
import json
import math
import re
import unittest
from datetime import date, datetime, timezone

import yaml

from dashboards import NAMES, filled, grafana, panels, dashboard  # sets up the path for the others
from dashboards import catalogue

import collector
import reports
from backends import both
from boards import boards
from panels_expected import EXPECTED
from queries_expected import ALERTED, ASKED, RECORDED
from truth import Truth

DAY = 86_400
# When somebody looks, and the newest full day then: the morning after the 1st, with two organizations late; the
# Monday after a weekend on which nobody of acme worked; and half an hour into the 1st, before its bill is there.
MOMENTS = {
    datetime(2026, 11, 2, 10, 17, 23, tzinfo=timezone.utc): date(2026, 11, 1),
    datetime(2026, 10, 12, 8, 0, 0, tzinfo=timezone.utc): date(2026, 10, 11),
    datetime(2026, 10, 1, 0, 30, 0, tzinfo=timezone.utc): date(2026, 9, 30),
}
# And for the alerts: the 5th of a month whose pace is over the budget, and three days after a new product.
ALERTING = {
    datetime(2026, 10, 6, 9, 0, 0, tzinfo=timezone.utc): date(2026, 10, 5),
    datetime(2026, 10, 18, 9, 0, 0, tzinfo=timezone.utc): date(2026, 10, 17),
}
# Where in a day the steps of a chart stand: midnight in UTC, at +2 and at -5 hours, and nowhere in particular.
STEPS = {"UTC": 0, "+2 h": 22 * 3_600, "-5 h": 5 * 3_600, "odd": 37 * 60 + 13}

# Panels without anything on them in these months, and why.
EMPTY = {
    ("overview", "hooli"): {"people": "USER_IDENTITY=none", "month": "its enterprise pays", "month-chart": "its enterprise pays"},
    ("quality", "hooli"): {
        "people-agree": "USER_IDENTITY=none", "lines-agree": "USER_IDENTITY=none", "named-spend": "its enterprise pays",
        "attention": "nothing needs a person"},
    ("people", "acme"): {},
}


def rules(name: str) -> list[dict]:
    with open(f"infra/prometheus/{name}.yaml") as file:
        return [rule for group in yaml.safe_load(file)["groups"] for rule in group["rules"]]


class Shown(unittest.TestCase):
    maxDiff = 2_000

    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.found = reports.reports(catalogue.METRICS)
        cls.samples = list(reports.samples(catalogue.METRICS, cls.found))
        cls.backends = both(cls.stack, cls.samples + collector.written())
        cls.keys = {board.uid.removeprefix("copilot-"): [panel.key for panel in board.panels] for board in boards(grafana.QUERIES)}
        cls.many = {board.uid.removeprefix("copilot-"): board.many for board in boards(grafana.QUERIES)}

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def choices(self, name: str) -> list[list[str]]:
        every = [[one] for one in reports.ORGANIZATIONS]
        return [reports.ORGANIZATIONS, ["acme", "globex"], ["hooli"]] if self.many[name] else every

    def expected(self, name: str, key: str, truth: Truth) -> list[dict]:
        if key == "series":
            return [self.series(truth)]
        return (EXPECTED.get(f"{key}:{name}") or EXPECTED[key])(truth)

    def series(self, truth: Truth) -> dict:
        counts: dict = {}
        for _, labels, _, second in self.samples:
            if labels["organization"] in truth.organizations:
                days = counts.setdefault(frozenset([("organization", labels["organization"])]), {})
                day = date.fromordinal(second // DAY + date(1970, 1, 1).toordinal())
                days[day] = days.get(day, 0) + 1
        return counts

    def compare(self, got: dict, expected: dict, what: str) -> None:
        self.assertEqual(set(got), set(expected), what)
        for key, value in expected.items():
            if isinstance(value, dict):
                self.compare(got[key], value, f"{what} {dict(key)}")
            else:
                self.assertTrue(math.isclose(got[key], value, rel_tol=1e-9, abs_tol=1e-9), f"{what} {key}: {got[key]} for {value}")

    def show(self, name: str, organizations: list[str], now: datetime, steps: dict, empty: dict | None = None) -> None:
        truth = Truth(self.found, organizations, MOMENTS[now])
        truth.now = int(now.timestamp())
        shown = panels(dashboard(name))
        self.assertEqual(len(shown), len(self.keys[name]))
        for key, panel in zip(self.keys[name], shown):
            expected = self.expected(name, key, truth)
            self.assertEqual(len(expected), len(panel["targets"]), key)
            anything = False
            for target, series in zip(panel["targets"], expected):
                query = filled(target["expr"], organization="|".join(organizations))
                if target.get("range"):
                    series = {labels: days for labels, each in series.items()
                              if (days := {day: value for day, value in each.items() if day in truth.range})}
                anything = anything or bool(series)
                for backend in self.backends:
                    where = f"{backend.name} {name} {key} {target['refId']} {organizations} {now:%d %b}"
                    with self.subTest(where):
                        if target.get("instant"):
                            self.compare(backend.at(query, int(now.timestamp())), series, where)
                            continue
                        for place, shift in steps.items():
                            # A collection happens in the morning, so another day has another one.
                            if shift and key in collector.PANELS:
                                continue
                            self.compare(self.chart(backend, query, truth, shift), series, f"{where} steps {place}")
            if empty is not None and not anything:
                empty[key] = panel["fieldConfig"]["defaults"]["noValue"]

    def chart(self, backend, query: str, truth: Truth, shift: int) -> dict:
        """The values by day, of steps that stand somewhere in each day of the range."""
        first = reports.stamp(truth.range[0]) + 1 - DAY + shift
        got = backend.between(query, first, first + (len(truth.range) - 1) * DAY, DAY)
        return {labels: {date.fromordinal((second + 1) // DAY + date(1970, 1, 1).toordinal()): value
                         for second, value in each.items()} for labels, each in got.items()}

    def ask(self, query: str, now: datetime, expected, what: str) -> dict:
        """Compares, and returns what was expected."""
        truth = Truth(self.found, reports.ORGANIZATIONS, (MOMENTS | ALERTING)[now], 28)
        truth.now = int(now.timestamp())
        for backend in self.backends:
            where = f"{backend.name} {what} {now:%d %b}"
            with self.subTest(where):
                self.compare(backend.at(query, truth.now), expected(truth), where)
        return expected(truth)

    def test_rules_record_what_the_reports_say(self):
        self.assertEqual(set(RECORDED), {one["record"] for one in rules("rules")})
        for now in MOMENTS:
            for one in rules("rules"):
                self.ask(one["expr"], now, RECORDED[one["record"]], one["record"])

    def test_alerts_fire_for_what_the_reports_say(self):
        budget, *alerts = rules("alerts")
        self.assertEqual(set(ALERTED), {one["alert"] for one in alerts})
        fired = set()
        for now in MOMENTS | ALERTING:
            for one in alerts:
                query = one["expr"].replace(budget["record"], budget["expr"])
                fired |= {one["alert"]} if self.ask(query, now, ALERTED[one["alert"]], one["alert"]) else set()
        self.assertEqual(fired, {
            "CopilotCollectorFailing", "CopilotCollectorRefused", "CopilotDeadLetters", "CopilotMonthOverBudget", "CopilotForecastOverBudget", "CopilotNewProductOnBill", "CopilotUsageDropped"})

    def test_the_twenty_questions_are_answered(self):
        with open("docs/querying.md") as file:
            asked = re.findall(r"^### (\d+)\. .*?```promql\n(.*?)```", file.read(), re.M | re.S)
        self.assertEqual([int(number) for number, _ in asked], [*range(1, len(ASKED) + 1)])
        recorded = {one["record"]: one["expr"] for one in rules("rules")}
        for now in MOMENTS:
            for (number, query), expected in zip(asked, ASKED):
                for name, expr in recorded.items():
                    query = query.replace(name, f"(\n{expr}\n)")
                self.ask(query, now, expected, f"question {number}")

    def test_coralogix_queries_are_answered(self):
        now = int(next(iter(MOMENTS)).timestamp())
        for name in NAMES:
            with open(f"infra/coralogix/{name}.json") as file:
                queries = re.findall(r'"promqlQuery": \{\s*"value": (".*")', file.read())
            self.assertTrue(queries)
            for query in map(json.loads, queries):
                self.assertNotIn("$", query)
                for backend in self.backends:
                    with self.subTest(f"{backend.name} {name} {query}"):
                        self.assertTrue(backend.at(query.replace("ORGANIZATION", "acme"), now))

    def test_every_panel_shows_what_the_reports_say(self):
        for now in MOMENTS:
            for name in NAMES:
                for organizations in self.choices(name):
                    self.show(name, organizations, now, {"UTC": 0})

    def test_time_zones_and_odd_steps_change_no_number(self):
        now = next(iter(MOMENTS))
        for name in NAMES:
            self.show(name, self.choices(name)[0], now, {place: shift for place, shift in STEPS.items() if shift})

    def test_empty_panels_have_a_reason(self):
        now = next(iter(MOMENTS))
        for (name, organization), reasons in EMPTY.items():
            empty: dict = {}
            self.show(name, [organization], now, {"UTC": 0}, empty)
            self.assertEqual(set(empty), set(reasons), name)
        # Without per-user series the board of people says so, panel by panel, and shows nothing wrong.
        empty = {}
        self.show("people", ["hooli"], now, {"UTC": 0}, empty)
        self.assertEqual(set(empty), set(self.keys["people"]))


if __name__ == "__main__":
    unittest.main()
