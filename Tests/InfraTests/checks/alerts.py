"""The alert rules: promtool takes them, and they fire when they should and not before."""

import json
import os
import subprocess
import tempfile
import unittest

RULES = os.path.abspath("infra/prometheus/alerts.yaml")


def samples(organization: str, values: str) -> dict:
    return {"series": f'github_copilot_org_daily_active_users{{organization="{organization}"}}', "values": values}


def firing(series: list[dict], day: int) -> set[str]:
    """What fires some days after the first sample, which stands at the beginning of time."""
    with open(RULES) as file:
        text = file.read()
    fired = set()
    for name, labels in [("CopilotUsageMissing", [{}]), ("CopilotUsageOrganizationMissing", [{"organization": "acme"}, {"organization": "globex"}])]:
        assert name in text
        for one in labels:
            test = {"rule_files": [RULES], "evaluation_interval": "1h", "tests": [{
                "interval": "1d", "input_series": series,
                "promql_expr_test": [{
                    "expr": f'count(ALERTS{{alertname="{name}",' + ",".join(f'{key}="{value}"' for key, value in one.items()) + "})",
                    "eval_time": f"{day}d", "exp_samples": [{"value": 1}]}]}]}
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                json.dump(test, file)
                file.flush()
                run = subprocess.run(["promtool", "test", "rules", file.name], capture_output=True, text=True)
            if run.returncode == 0:
                fired.add(" ".join([name, *one.values()]))
            elif "got:" not in run.stdout + run.stderr:
                raise AssertionError(run.stdout + run.stderr)
    return fired


class Alerts(unittest.TestCase):
    def test_promtool_takes_them(self):
        run = subprocess.run(["promtool", "check", "rules", "--lint-fatal", RULES], capture_output=True, text=True)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)

    def test_nothing_fires_while_samples_come(self):
        self.assertEqual(firing([samples("acme", "5x12"), samples("globex", "0x12")], 12), set())

    def test_an_organization_that_stays_away_is_named(self):
        series = [samples("acme", "5 5 5 5 5 _x9"), samples("globex", "0x14")]
        self.assertEqual(firing(series, 7), set(), "reports may be three days late")
        self.assertEqual(firing(series, 10), {"CopilotUsageOrganizationMissing acme"})

    def test_silence_is_told(self):
        self.assertEqual(
            firing([samples("acme", "5 5 5 _x9")], 9), {"CopilotUsageMissing", "CopilotUsageOrganizationMissing acme"})


if __name__ == "__main__":
    unittest.main()
