"""The dashboards as files: current, and within the rules of Grafana's dashboard-linter."""

import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.abspath("infra/boards"))
os.environ.setdefault("COPILOT_LOCAL", os.path.join(
    os.path.dirname(os.environ.get("COPILOT_FUNCTIONS", ".build/debug/copilot-functions")), "copilot-local"))

from grafana_foundation_sdk.cog.encoder import JSONEncoder  # noqa: E402
from grafana_foundation_sdk.models.dashboard import Dashboard  # noqa: E402

import catalogue  # noqa: E402
import grafana  # noqa: E402
import make  # noqa: E402

NAMES = ["overview", "adoption", "spend", "people", "quality"]
# What Grafana puts in before it asks. A range may be any duration.
VALUES = {
    "$__range": "30d", "$organization": "acme", "$budget": "5000", "$user": "dev-2|dev-2-renamed", "$ide": ".*",
    "$metric": "github_copilot_org_loc_added_sum_by_ide", "$by": "ide"}


def dashboard(name: str) -> dict:
    with open(f"infra/grafana/{name}.json") as file:
        return json.load(file)


def panels(document: dict) -> list[dict]:
    return [panel for panel in document["panels"] if panel["type"] != "row"]


def filled(expr: str, **values: str) -> str:
    for name, value in {**VALUES, **{f"${name}": value for name, value in values.items()}}.items():
        expr = expr.replace(name, value)
    assert "$" not in expr, expr
    return expr


class Files(unittest.TestCase):
    def test_are_what_make_boards_writes(self):
        for path, text in make.files().items():
            with open(f"infra/{path}") as file:
                self.assertTrue(file.read() == text, f"infra/{path} is not current: run make boards")

    def test_are_the_five_and_no_others(self):
        self.assertEqual(sorted(f"{name}.json" for name in NAMES), sorted(
            name for name in os.listdir("infra/grafana") if name.endswith(".json")))

    def test_survive_the_typed_builder(self):
        for name in NAMES:
            document = dashboard(name)
            again = json.loads(json.dumps(Dashboard.from_json(document), cls=JSONEncoder))
            self.assertEqual(again, document, name)


class Linter(unittest.TestCase):
    """https://github.com/grafana/dashboard-linter/tree/main/docs/rules, except the rules on scraped jobs."""

    def each(self):
        for name in NAMES:
            document = dashboard(name)
            for panel in panels(document):
                with self.subTest(dashboard=name, panel=panel["title"]):
                    yield document, panel

    def test_dashboards(self):
        seen = set()
        for name in NAMES:
            document = dashboard(name)
            self.assertEqual(document["uid"], f"copilot-{name}")
            self.assertFalse(document["editable"])
            self.assertEqual(document["timezone"], "utc")
            self.assertIn(document["schemaVersion"], range(39, 42))
            self.assertEqual(len({panel["id"] for panel in document["panels"]}), len(document["panels"]))
            first, *others = document["templating"]["list"]
            self.assertEqual((first["type"], first["name"], first["label"]), ("datasource", "datasource", "Data source"))
            self.assertIn("organization", [one["name"] for one in others])
            for one in others:
                self.assertTrue(one["label"])
                if one["type"] == "query":
                    self.assertEqual(one["datasource"]["uid"], "${datasource}")
                    self.assertEqual(one["refresh"], 2, "variables reload when the time changes")
            seen.add(document["title"])
        self.assertEqual(len(seen), 5)

    def test_panels(self):
        for _, panel in self.each():
            self.assertTrue(panel["title"].endswith("?"))
            self.assertIn("**Left out:**", panel["description"])
            self.assertEqual(panel["datasource"]["uid"], "${datasource}")
            self.assertTrue(panel["targets"])
            defaults = panel["fieldConfig"]["defaults"]
            self.assertTrue(defaults["unit"])
            self.assertTrue(defaults["noValue"])
            self.assertNotIn(80, [step["value"] for step in defaults["thresholds"]["steps"]])
            self.assertNotEqual(defaults.get("custom", {}).get("spanNulls"), True)
            self.assertEqual(len({target["refId"] for target in panel["targets"]}), len(panel["targets"]))

    def test_queries_are_ranges_of_whole_days_or_moments(self):
        for _, panel in self.each():
            for target in panel["targets"]:
                self.assertEqual(target["datasource"]["uid"], "${datasource}")
                self.assertNotEqual(target.get("instant", False), target.get("range", False))
                if target.get("range"):
                    self.assertEqual(panel["interval"], "1d")
                    self.assertNotIn("$__range", target["expr"], "a range in a range is a trap")
                for window in re.findall(r"last_over_time\((?!copilot_usage_collector_)[^\[]*\[(\w+)\]", target["expr"]):
                    self.assertEqual(window, "1d", "a longer window mixes days")
                self.assertNotRegex(target["expr"], r"\b(delta|increase|rate|predict_linear)\b")

    def test_queries_name_known_metrics_and_select_the_organization(self):
        for _, panel in self.each():
            for target in panel["targets"]:
                for metric, selector in re.findall(r"(github_copilot_\w+)(\{[^}]*\})?", target["expr"]):
                    self.assertIn(metric, catalogue.METRICS)
                    self.assertIn('organization=~"$organization"', selector)
                for metric, selector in re.findall(r"(copilot_usage_collector_\w+)(\{[^}]*\})?", target["expr"]):
                    known = catalogue.COLLECTOR[metric]
                    self.assertEqual("organization" in known.labels, 'organization=~"$organization"' in selector)

    def test_only_what_counts_events_is_added_up_over_days(self):
        for _, panel in self.each():
            for target in panel["targets"]:
                for metric in re.findall(r"sum_over_time\((github_copilot_\w+)", target["expr"]):
                    self.assertIn("days", catalogue.METRICS[metric].sum_over)

    def test_promtool_parses_every_query(self):
        rules = [{"record": "x", "labels": {"n": str(number)}, "expr": filled(target["expr"])} for number, target in enumerate(
            target for name in NAMES for panel in panels(dashboard(name)) for target in panel["targets"])]
        self.assertGreater(len(rules), 100)
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            json.dump({"groups": [{"name": "panels", "rules": rules}]}, file)
            file.flush()
            outcome = subprocess.run(["promtool", "check", "rules", file.name], capture_output=True, text=True)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)

    def test_people_are_named_on_one_board_only(self):
        for name in set(NAMES) - {"people"}:
            for panel in panels(dashboard(name)):
                for target in panel["targets"]:
                    self.assertNotRegex(target["legendFormat"], "user_")
                    if panel["type"] == "table":
                        self.assertNotIn("user_login", target["expr"])
        for panel in panels(dashboard("people")):
            if "chosen" not in panel["title"] and panel["fieldConfig"]["defaults"]["noValue"]:
                self.assertIn("USER_IDENTITY", panel["fieldConfig"]["defaults"]["noValue"], panel["title"])


if __name__ == "__main__":
    unittest.main()
