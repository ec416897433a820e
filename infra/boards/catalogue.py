"""The metrics as `copilot-local metrics --json` lists them."""

import json
import os
import subprocess
from dataclasses import dataclass

PROGRAM = os.environ.get("COPILOT_LOCAL", ".build/debug/copilot-local")


@dataclass(frozen=True)
class Metric:
    name: str
    help: str
    unit: str
    labels: tuple[str, ...]
    sum_over: tuple[str, ...]
    source: str
    field: str | None


def load(prefix: str) -> dict[str, Metric]:
    listed = json.loads(subprocess.run([PROGRAM, "metrics", "--json"], check=True, capture_output=True).stdout)
    return {
        one["name"]: Metric(
            one["name"], one["help"], one["unit"], tuple(one["labels"]), tuple(one["sumOver"]), one["source"],
            one.get("sourceField"))
        for one in listed if one["name"].startswith(prefix) and one["source"] != "/metrics"}


METRICS = load("github_copilot_")
# What the collector writes about itself, beside them.
COLLECTOR = load("copilot_usage_collector_")
