"""The alert and recording rules: promtool takes them, and each alert fires in its story and in no other.

Time begins on Thursday, 1 January 1970, as promtool has it. A value of a day stands at its end: the
first of `values` describes the day before time began, the second 1 January, and so on. What arrives
late is absent until it arrives, so a story of late reports ends with gaps.
"""

import json
import os
import re
import subprocess
import tempfile
import unittest

import yaml

FOLDER = os.path.abspath("infra/prometheus")
RULES = [f"{FOLDER}/rules.yaml", f"{FOLDER}/alerts.yaml"]
ACTIVE = "github_copilot_org_daily_active_users"
USER = "github_copilot_user_user_initiated_interaction_count"
TOKENS = "github_copilot_user_cli_prompt_tokens_sum"
NET = "github_copilot_billing_net_amount"
PRICE = "github_copilot_billing_price_per_unit"


with open(RULES[1]) as file:
    ALERTS = [rule for group in yaml.safe_load(file)["groups"] for rule in group["rules"] if "alert" in rule]


def series(metric: str, values, organization: str = "acme", **labels: str) -> dict:
    labels = {"organization": organization, **labels}
    text = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return {"series": f"{metric}{{{text}}}", "values": values if isinstance(values, str) else " ".join(
        "_" if one is None else str(one) for one in values)}


def run(story: list[dict], **test) -> str:
    """What promtool says of a test; empty if it passes."""
    document = {"rule_files": RULES, "evaluation_interval": "12h", "tests": [
        {"interval": "1d", "input_series": story, **test}]}
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(document, file)
        file.flush()
        outcome = subprocess.run(["promtool", "test", "rules", file.name], capture_output=True, text=True)
    text = outcome.stdout + outcome.stderr
    if outcome.returncode and "got:" not in text:
        raise AssertionError(text)
    return text if outcome.returncode else ""


def firing(story: list[dict], day: float) -> set[str]:
    """What fires some days after time began, each with its organization: `CopilotPriceChanged acme`."""
    text = run(story, alert_rule_test=[
        {"eval_time": f"{int(day * 2) * 12}h", "alertname": one["alert"], "exp_alerts": []} for one in ALERTS])
    assert "error expanding template" not in text, text
    fired = set()
    for one in re.findall(r"Labels:\{(.*?)\}", text):
        labels = dict(re.findall(r'(\w+)="([^"]*)"', one))
        fired.add(" ".join(filter(None, [labels["alertname"], labels.get("organization")])))
    return fired


def recorded(story: list[dict], day: float, name: str) -> dict[str, float]:
    """A recording rule's values, by their labels without the name."""
    text = run(story, promql_expr_test=[{"expr": name, "eval_time": f"{int(day * 2) * 12}h", "exp_samples": [
        {"labels": '{nothing="at all"}', "value": 0}]}])
    got = text.split("got:", 1)[1]
    return {
        "{" + ", ".join(one for one in labels.split(", ") if not one.startswith("__name__")) + "}": float(value)
        for labels, value in re.findall(r"\{([^}]*)\} ([-+0-9.eE]+)", got)}


class Files(unittest.TestCase):
    def test_promtool_takes_them(self):
        outcome = subprocess.run(["promtool", "check", "rules", "--lint-fatal", *RULES], capture_output=True, text=True)
        self.assertEqual(outcome.returncode, 0, outcome.stdout + outcome.stderr)

    def test_every_alert_has_a_story(self):
        with open(__file__) as file:
            told = file.read()
        for one in ALERTS:
            self.assertIn(f'"{one["alert"]}', told)

    def test_every_alert_says_what_to_do(self):
        for one in ALERTS:
            self.assertGreater(len(one["annotations"]["description"].split()), 20, one["alert"])


class Silence(unittest.TestCase):
    def test_nothing_fires_while_samples_come(self):
        self.assertEqual(firing([series(ACTIVE, "5x20"), series(ACTIVE, "0x20", "globex")], 20), set())

    def test_weekends_and_lag_are_no_silence(self):
        # Days 1, 2 and 3 are Thursday to Saturday, so the ninth value is Friday's. Monday's comes three days late:
        # on Thursday, five and a half days after Friday ended.
        story = [series(ACTIVE, "5x2 _x1 5x5 _x12")]
        self.assertEqual(firing(story, 9 + 5.5), set())
        self.assertEqual(firing(story, 9 + 6.5), {"CopilotUsageMissing"})
        self.assertEqual(firing(story, 9 + 7.5), {"CopilotUsageMissing", "CopilotUsageOrganizationMissing acme"})

    def test_an_organization_that_stays_away_is_named(self):
        story = [series(ACTIVE, "5x4 _x50"), series(ACTIVE, "0x60", "globex")]
        self.assertEqual(firing(story, 4 + 6.5), set())
        self.assertEqual(firing(story, 4 + 7.5), {"CopilotUsageOrganizationMissing acme"})
        self.assertEqual(firing(story, 4 + 34), {"CopilotUsageOrganizationMissing acme"})
        self.assertEqual(firing(story, 4 + 36), set(), "an organization that was removed is forgotten")

    def test_nothing_at_all_is_said_even_if_nothing_ever_came(self):
        self.assertEqual(firing([series("up", "1x20")], 9), {"CopilotUsageMissing"})


def bill(values, organization: str = "acme", sku: str = "copilot_for_business", metric: str = NET) -> dict:
    return series(metric, values, organization, sku=sku, unit_type="user-months")


def steadily(daily: float, days: int = 58) -> list[float]:
    """A month-to-date amount: January has 31 days, February 28. The first value is New Year's Eve's."""
    return [31 * daily] + [daily * (day if day <= 31 else day - 31) for day in range(1, days + 1)]


ALIVE = [series(ACTIVE, "5x60"), series(ACTIVE, "5x60", "globex")]


class Spend(unittest.TestCase):
    def test_a_month_within_its_budget_is_quiet(self):
        for day in (2.5, 16.5, 31.5, 32.5, 40.5):
            self.assertEqual(firing([*ALIVE, bill(steadily(160))], day), set(), day)

    def test_a_forecast_over_budget_comes_before_the_month_is_over_it(self):
        story = [*ALIVE, bill(steadily(200)), bill(steadily(10), "globex")]
        self.assertEqual(firing(story, 4.5), set(), "four days say little")
        self.assertEqual(firing(story, 10.5), {"CopilotForecastOverBudget acme"})
        self.assertEqual(firing(story, 26.5), {"CopilotMonthOverBudget acme"})
        self.assertEqual(firing(story, 32.5), set(), "a new month begins at nothing")

    def test_a_late_organization_does_not_bring_the_old_month_into_the_new(self):
        late = steadily(200)[:32] + [None] * 28
        self.assertEqual(firing([*ALIVE, bill(late)], 31.5), {"CopilotMonthOverBudget acme"})
        self.assertEqual(firing([*ALIVE, bill(late)], 33.5), set())

    def test_a_late_organization_is_judged_by_its_own_day(self):
        late = steadily(200)[:11] + [None] * 40
        self.assertEqual(firing([*ALIVE, bill(late)], 13.5), {"CopilotForecastOverBudget acme"})
        # 100 a day until the tenth is 3,100 a month, whichever day it is seen on.
        late = steadily(150)[:11] + [None] * 40
        self.assertEqual(firing([*ALIVE, bill(late)], 12.5), set())

    def test_a_new_product_is_told_for_a_week(self):
        story = [*ALIVE, bill(steadily(10)), bill([None] * 20 + [3, 4, 5, 6, 7, 8, 9, 10, 11, 12], sku="copilot_coding_agent")]
        self.assertEqual(firing(story, 19.5), set())
        self.assertEqual(firing(story, 20.5), {"CopilotNewProductOnBill acme"})
        self.assertEqual(firing(story, 26.5), {"CopilotNewProductOnBill acme"})
        self.assertEqual(firing(story, 28.5), set())

    def test_a_first_bill_is_not_all_new(self):
        self.assertEqual(firing([*ALIVE, bill([None] * 20 + steadily(10)[20:])], 22.5), set())

    def test_a_product_that_pauses_over_a_late_weekend_is_not_new(self):
        paused = steadily(10)[:20] + [None] * 4 + steadily(10)[24:]
        self.assertEqual(firing([*ALIVE, bill(paused)], 25.5), set())

    def test_a_price_change_is_told_for_a_week(self):
        story = [*ALIVE, bill([19] * 21 + [21] * 30, metric=PRICE), bill([39] * 50, "globex", metric=PRICE)]
        self.assertEqual(firing(story, 20.5), set())
        self.assertEqual(firing(story, 21.5), {"CopilotPriceChanged acme"})
        self.assertEqual(firing(story, 29.5), set())


class Usage(unittest.TestCase):
    def test_weekends_are_no_drop_and_a_lost_third_is(self):
        # From Thursday on; at weekends two people work.
        week = [30, 30, 2, 2, 30, 30, 30]
        lower = [20, 20, 2, 2, 20, 20, 20]
        for day in range(21, 28):
            self.assertEqual(firing([series(ACTIVE, [30] + week * 5)], day + 0.5), set(), day)
        self.assertEqual(firing([series(ACTIVE, [30] + week * 2 + lower * 2)], 14 + 7 + 3.5), {"CopilotUsageDropped acme"})

    def test_late_reports_are_no_drop(self):
        self.assertEqual(firing([series(ACTIVE, [30] * 22 + [None] * 10)], 24.5), set())

    def test_few_people_are_no_statistics(self):
        self.assertEqual(firing([series(ACTIVE, [4] * 15 + [1] * 20)], 24.5), set())

    def person(self, number: int, tokens, **labels: str) -> list[dict]:
        labels = {"user_id": str(number), "user_login": f"dev-{number}", **labels}
        return [series(TOKENS, tokens, **labels), series(USER, [None if one is None else 1 for one in tokens], **labels)]

    def test_one_person_with_most_tokens_is_told_even_after_a_rename(self):
        others = [one for number in range(2, 7) for one in self.person(number, [50_000] * 20)]
        calm = self.person(1, [50_000] * 20)
        self.assertEqual(firing([*ALIVE, *calm, *others], 12.5), set())
        loud = self.person(1, [900_000] * 10 + [None] * 10) + self.person(
            1, [None] * 10 + [900_000] * 10, user_login="renamed")
        self.assertEqual(firing([*ALIVE, *loud, *others], 12.5), {"CopilotOnePersonUsesMostTokens acme"})
        text = run([*ALIVE, *loud, *others], alert_rule_test=[{
            "eval_time": "300h", "alertname": "CopilotOnePersonUsesMostTokens", "exp_alerts": []}])
        self.assertIn("renamed used 78.26%", text)

    def test_little_use_is_not_judged(self):
        few = self.person(1, [900_000] * 20) + self.person(2, [1] * 20)
        self.assertEqual(firing([*ALIVE, *few], 12.5), set(), "two people")
        small = self.person(1, [9_000] * 20) + [one for n in range(2, 8) for one in self.person(n, [10] * 20)]
        self.assertEqual(firing([*ALIVE, *small], 12.5), set(), "few tokens")


class Collector(unittest.TestCase):
    """The collector runs at midnight here, and its sample of a day stands with the reports' of the day before."""
    REPORT = "organization-1-day"

    def collected(self, outcome: str, times: str = "x20", organization: str = "acme", source: str = REPORT) -> list[dict]:
        return [series(f"copilot_usage_collector_outcome", f"{int(one == outcome)}{times}", organization, source=source, outcome=one)
                for one in ("written", "not-ready", "failed", "no-permission")]

    def attention(self, outcome: str, values: str, source: str = REPORT) -> list[dict]:
        return [series("copilot_usage_collector_attention", values if one == outcome else "0x20", source=source, outcome=one)
                for one in ("failed", "rejected", "no-permission", "policy-off")]

    def newest(self, values: list[int]) -> dict:
        return series("copilot_usage_collector_report_day_timestamp_seconds", [86_400 * day for day in values], source=self.REPORT)

    def test_silence_while_it_works(self):
        story = [*ALIVE, *self.collected("written"), *self.attention("failed", "0x20"), self.newest(list(range(20))),
                 {"series": "copilot_usage_collector_dead_letters", "values": "0x20"}]
        self.assertEqual(firing(story, 12), set())

    def test_a_collector_that_stopped_is_no_late_github(self):
        story = [*ALIVE, *self.collected("not-ready", "x10 _x20"), self.newest([2] * 11)]
        self.assertEqual(firing(story, 11), {"CopilotGitHubLate acme"}, "a tick a day late")
        self.assertEqual(firing(story, 12), {"CopilotCollectorSilent acme"})
        self.assertEqual(firing(story, 18), set(), "removed on purpose, or switched off")

    def test_github_is_late_while_we_work(self):
        # The newest report is of day 4. Four days are a weekend and GitHub's usual delay.
        story = [*ALIVE, *self.collected("not-ready"), *self.attention("failed", "0x20"), self.newest([*range(5), *[4] * 16])]
        self.assertEqual(firing(story, 8.5), set())
        self.assertEqual(firing(story, 9.5), {"CopilotGitHubLate acme"})

    def test_we_failed_while_github_is_punctual(self):
        story = [*ALIVE, *self.collected("failed"), *self.attention("failed", "0x9 1+1x10"), self.newest([*range(10), *[9] * 11])]
        # A retry within the day may heal it.
        self.assertEqual(firing(story, 10), set())
        self.assertEqual(firing(story, 10.5), {"CopilotCollectorFailing acme"})
        self.assertEqual(firing(story, 18), {"CopilotCollectorFailing acme"}, "and GitHub is not blamed")
        rejected = [*ALIVE, *self.collected("written"), *self.attention("rejected", "0x9 2x2 0x10", "users-1-day")]
        self.assertEqual(firing(rejected, 11), {"CopilotCollectorFailing acme"})
        self.assertEqual(firing(rejected, 13.5), set(), "healed")

    def test_a_refusal_is_told_at_once(self):
        for outcome in ("no-permission", "policy-off"):
            story = [*ALIVE, *self.collected("written"), *self.attention(outcome, "0x9 1+1x10", "billing")]
            self.assertEqual(firing(story, 9), set())
            self.assertEqual(firing(story, 10), {"CopilotCollectorRefused acme"})

    def test_dead_letters_until_they_are_sent_again(self):
        story = [*ALIVE, *self.collected("written"), {"series": "copilot_usage_collector_dead_letters", "values": "0x9 3 0x10"}]
        self.assertEqual(firing(story, 9), set())
        self.assertEqual(firing(story, 10), {"CopilotDeadLetters"})
        self.assertEqual(firing(story, 11), set())


class Records(unittest.TestCase):
    DAILY = "organization_sku:github_copilot_billing_net_amount:daily"

    def test_daily_spend_on_the_first_mid_month_and_of_a_late_organization(self):
        story = [
            bill(steadily(10)), bill([None] * 20 + [4, 5, 6] + [None] * 40, sku="premium"),
            bill(steadily(7)[:19] + [None] * 60, "globex"), bill([3] * 32 + [None] * 20, sku="ended")]
        day = lambda at: recorded(story, at, self.DAILY)
        at = lambda organization, sku: f'{{organization="{organization}", sku="{sku}"}}'
        business = "copilot_for_business"
        self.assertEqual(day(20.5), {
            at("acme", business): 10, at("acme", "premium"): 4, at("globex", business): 7, at("acme", "ended"): 0})
        self.assertEqual(day(21.5)[at("acme", "premium")], 1)
        self.assertEqual(day(32.5), {at("acme", business): 10}, "the 1st of February")
        self.assertEqual(day(33.5), {at("acme", business): 10})

    def test_the_newest_day_is_the_organizations_own(self):
        story = [series(ACTIVE, "5x20"), series(ACTIVE, "5x17 _x20", "globex")]
        name = "organization:copilot_newest_day:timestamp_seconds"
        self.assertEqual(recorded(story, 20.5, name), {
            '{organization="acme"}': 19 * 86_400, '{organization="globex"}': 16 * 86_400})

    def test_people_in_two_organizations_and_with_two_names_are_one(self):
        story = [
            series(USER, "1x30", user_id="1", user_login="ada"), series(USER, "1x30", "globex", user_id="1", user_login="ada"),
            series(USER, "1x10", user_id="2", user_login="bob"), series(USER, "_x11 1x20", user_id="2", user_login="robert"),
            series(USER, "1x30", user_login="without-number")]
        self.assertEqual(recorded(story, 25.5, "copilot_people:count28d"), {"{}": 3})

    def test_teams_survive_a_rename(self):
        member = lambda values, login: series(
            "github_copilot_user_team_membership", values, user_id="2", user_login=login, team_id="7", team_slug="mobile")
        story = [
            series(USER, "2x10", user_id="2", user_login="bob"), series(USER, "_x11 3x19", user_id="2", user_login="robert"),
            member("1x10", "bob"), member("_x11 1x19", "robert")]
        at = '{organization="acme", team_slug="mobile"}'
        prompts = "organization_team:github_copilot_user_user_initiated_interaction_count:sum28d"
        self.assertEqual(recorded(story, 20.5, prompts), {at: 11 * 2 + 10 * 3})
        self.assertEqual(recorded(story, 20.5, "organization_team:copilot_people:count28d"), {at: 1})


if __name__ == "__main__":
    unittest.main()
