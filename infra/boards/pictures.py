#!/usr/bin/env -S .build/python/bin/python -B
"""Draws three dashboards with the demo's data: `infra/boards/pictures.py [FOLDER]`, by default docs/pictures.

    demo ─▶ OpenMetrics files ─▶ Prometheus ─▶ the dashboards' own queries ─▶ copilot-local picture ─▶ SVG

The demo's data come from a seed and end on a fixed day, so the pictures are the same each time.
"""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from contextlib import ExitStack, suppress
from datetime import date, timedelta
from pathlib import Path

PROGRAM = os.environ.get("COPILOT_LOCAL", ".build/debug/copilot-local")
# Within one month, so that its bill grows from one end of a chart to the other.
LAST, COUNT = date(2026, 5, 29), 28
DAY = 86_400
EPOCH = date(1970, 1, 1)
DAYS = [LAST - timedelta(days=COUNT - 1 - n) for n in range(COUNT)]
ORGANIZATIONS = ["acme", "acme-2", "acme-3"]

# The panels of each picture, by their titles. A table, a ranking and a gauge have no chart here.
PICTURES = {
    "overview": (ORGANIZATIONS, [
        "How many people used Copilot on the newest day?", "How many in 28 days?", "What does the month cost so far?",
        "Where is it used?", "Does its reach grow?", "How much code is added per day?", "Who spends?"]),
    "adoption": (ORGANIZATIONS[:1], [
        "How many people use it?", "Who uses the newer surfaces?", "How mature is the use?", "Which way of prompting grows?",
        "Which models are asked, and when did that change?", "Are completions useful?"]),
    "spend": (ORGANIZATIONS, [
        "What does the month cost so far?", "How much of it do allowances cover?", "Where will the month end?",
        "Does any organization pass its budget?", "Which day cost what, by product?"]),
}
KINDS = {"lines": "lines", "bars": "bars"}
UNITS = {"short": "count", "percentunit": "share", "currencyUSD": "dollars"}
# The most series with a colour of their own.
SERIES_MAX = 5


def demo(folder: str) -> None:
    subprocess.run([
        PROGRAM, "demo", "--quiet", "--last-day", LAST.isoformat(), "--days", str(COUNT), "--organizations", "3", "--users", "30",
        "--seed", "7", "--folder", folder], check=True, stdout=subprocess.DEVNULL)


def joined(folder: str, target: str) -> None:
    """All files as one, family by family, as promtool wants it."""
    families: dict[str, list[str]] = {}
    for path in sorted(Path(folder).glob("[!_]*/*.om")):
        for line in path.read_text().splitlines():
            if not line.startswith("#"):
                families.setdefault(re.match(r"\w+", line)[0], []).append(line)
    with open(target, "w") as file:
        for name in sorted(families):
            file.write("\n".join(families[name]) + "\n")
        file.write("# EOF\n")


class Prometheus:
    def __init__(self, stack: ExitStack, folder: str):
        with socket.socket() as one:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        Path(f"{folder}/prometheus.yml").write_text("{}\n")
        process = subprocess.Popen([
            "prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
            "--storage.tsdb.retention.time=100y", f"--web.listen-address=127.0.0.1:{port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        stack.callback(process.wait)
        stack.callback(process.kill)
        for _ in range(600):
            with suppress(OSError):
                urllib.request.urlopen(f"{self.url}/-/ready", timeout=5).close()
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise SystemExit("Prometheus does not start.")

    def ask(self, path: str, **parameters) -> list[dict]:
        body = urllib.parse.urlencode(parameters).encode()
        with urllib.request.urlopen(f"{self.url}/api/v1/{path}", body, timeout=120) as reply:
            return json.load(reply)["data"]["result"]


def midnight(day: date) -> int:
    return (day - EPOCH).days * DAY


def filled(expr: str, organizations: list[str]) -> str:
    for name, value in {"$__range": f"{COUNT}d", "$organization": "|".join(organizations), "$budget": "600"}.items():
        expr = expr.replace(name, value)
    assert "$" not in expr, expr
    return expr


def named(legend: str, labels: dict) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda match: labels.get(match[1], ""), legend).strip() or "all"


def series(server: Prometheus, target: dict, organizations: list[str]) -> list[dict]:
    query = filled(target["expr"], organizations)
    if target.get("instant"):
        found = server.ask("query", query=query, time=midnight(LAST) + DAY + 6 * 3_600)
        return [{"name": named(target["legendFormat"], one["metric"]), "values": [float(one["value"][1])]} for one in found]
    found = server.ask("query_range", query=query, start=midnight(DAYS[0]), end=midnight(LAST), step=DAY)
    result = []
    for one in found:
        values = {int(second): float(value) for second, value in one["values"]}
        result.append({
            "name": named(target["legendFormat"], one["metric"]), "values": [values.get(midnight(day)) for day in DAYS]})
    return result


def drawn(panel: dict) -> str:
    if panel["type"] == "stat":
        return "numbers"
    custom = panel["fieldConfig"]["defaults"].get("custom", {})
    return "bars" if custom.get("drawStyle") == "bars" else "lines"


def largest(found: list[dict], kind: str) -> list[dict]:
    """The series with most in them, and in a stack the rest as one."""
    weight = lambda one: sum(abs(value) for value in one["values"] if value is not None)
    found = sorted(found, key=lambda one: (-weight(one), one["name"])) if len(found) > SERIES_MAX else found
    shown, rest = found[:SERIES_MAX], found[SERIES_MAX:]
    if kind == "bars" and rest:
        columns = zip(*(one["values"] for one in rest))
        sums = [sum(known) if (known := [value for value in column if value is not None]) else None for column in columns]
        shown.append({"name": "others", "values": sums})
    return shown


def sheet(server: Prometheus, name: str) -> dict:
    organizations, titles = PICTURES[name]
    document = json.loads(Path(f"infra/grafana/{name}.json").read_text())
    by_title = {panel["title"]: panel for panel in document["panels"]}
    panels = []
    for title in titles:
        panel = by_title[title]
        kind = drawn(panel)
        found = [one for target in panel["targets"] for one in series(server, target, organizations)]
        if kind != "numbers":
            found = largest(found, kind)
        assert found, f"{name}: {title} is empty"
        panels.append({"title": title, "kind": kind, "unit": UNITS[panel["fieldConfig"]["defaults"]["unit"]], "series": found})
    who = "three organizations" if len(organizations) > 1 else organizations[0]
    return {
        "title": document["title"], "first": (DAYS[0] - EPOCH).days, "panels": panels,
        "note": f"The demo's invented data of {who}, {COUNT} days to {LAST.day} {LAST:%B %Y}."}


def pictures() -> dict[str, str]:
    """Each picture by its file name."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        demo(f"{folder}/demo")
        joined(f"{folder}/demo/metrics", f"{folder}/samples.om")
        subprocess.run([
            "promtool", "tsdb", "create-blocks-from", "--max-block-duration=744h", "openmetrics", "--quiet",
            f"{folder}/samples.om", f"{folder}/data"], check=True, stdout=subprocess.DEVNULL)
        server = Prometheus(stack, folder)
        result = {}
        for name in PICTURES:
            Path(f"{folder}/{name}.json").write_text(json.dumps(sheet(server, name)))
            result[f"{name}.svg"] = subprocess.run(
                [PROGRAM, "picture", f"{folder}/{name}.json"], check=True, capture_output=True, text=True).stdout
        return result


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures")
    target.mkdir(parents=True, exist_ok=True)
    for file, text in pictures().items():
        (target / file).write_text(text)
