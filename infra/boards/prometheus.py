"""The rules and alerts as the files that Prometheus, Mimir and vmalert read."""

import yaml

from alerts import ALERTS, BUDGET, BUDGET_USD
from rules import GROUP, INTERVAL, RULES


class Literal(str):
    """Text that is written as a block, so that a query can be read."""


class Dumper(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


Dumper.add_representer(
    Literal, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None))

HEAD = """# Made by `make boards` from infra/boards: edit it there.
"""

RULES_HEAD = HEAD + """#
# Load it under rule_files. What is recorded describes the newest day that has arrived, up to a week ago,
# and stands at the time of recording: ask for it by its name alone, or with last_over_time(…[1h]).
"""

ALERTS_HEAD = HEAD + f"""#
# Load it under rule_files. The budget of each organization is the first rule: change its number here.
# What is judged is at most a week old, because reports come one to three days late and a weekend may have none.
"""


def written(head: str, group: str, rules: list[dict]) -> str:
    document = {"groups": [{"name": group, "interval": INTERVAL, "rules": rules}]}
    return head + yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=110)


def rules() -> str:
    text = written(RULES_HEAD, GROUP, [{"record": name, "expr": Literal(expr)} for name, expr, _ in RULES])
    for name, _, meaning in RULES:
        text = text.replace(f"      - record: {name}\n", f"      # {meaning}\n      - record: {name}\n")
    return text


def alerts() -> str:
    budget = {"record": BUDGET, "expr": f"vector({BUDGET_USD})"}
    return written(ALERTS_HEAD, f"{GROUP}-alerts", [budget] + [{
        "alert": one.name, "expr": Literal(one.expr), **({"for": one.lasting} if one.lasting else {}),
        "labels": {"severity": one.severity},
        "annotations": {"summary": one.summary, "description": one.description}} for one in ALERTS])
