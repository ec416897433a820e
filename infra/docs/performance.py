#!/usr/bin/env python3
"""Prints docs/performance.md with its tables made from the figures that `make bench` measured.

A table follows a marker, `<!-- measured: NAME -->`, and is replaced as a whole. A page without a
marker of each table, or with an unknown one, is an error.
"""

import json
import re
import statistics
import sys

PAGE = "docs/performance.md"
FIGURES = "infra/performance/figures.json"


def table(head, rows):
    return "".join(f"| {' | '.join(row)} |\n" for row in [head, ["---"] * len(head), *rows])


def mebibytes(run):
    return f"{run['peakByteCount'] / 2**20:.0f} MiB"


def megabytes(count):
    value = count / 1e6
    return f"{value:,.0f} MB" if value >= 10 else f"{value:.1f} MB"


def seconds(values):
    return f"{statistics.median(values):.2g}"


def collect(figures):
    head = "users", "seconds", "core seconds", "peak memory", "reports", "sent", "requests"
    return table(head, [
        [
            f"{run['users']:,}" + (", `USER_IDENTITY=login`" if run["identity"] == "login" else ""),
            seconds(run["seconds"]), seconds(run["coreSeconds"]), mebibytes(run),
            megabytes(run["bytesIn"]), megabytes(run["bytesOut"]), f"{run['requests']:,}",
        ]
        for run in figures["collect"] if run["condition"] == "none"
    ])


CONDITIONS = {
    "none": "nothing",
    "longLine": "a record of 15 MB that is one text",
    "longLines": "one such record in each of four files at the same time",
    "manyEntries": "a record of 15 MB in 75,000 entries of a breakdown",
    "manyEntriesEach": "one such record in each of four files at the same time",
    "tooLong": "a record of 20 MB, which fails its source",
    "slowReceiver": "a backend that waits 5 ms before each response",
    "slowGitHub": "a GitHub that waits 5 ms before each 64 KiB",
}


def long_records(figures):
    runs = {(run["users"], run["condition"]): run for run in figures["collect"]}
    rows = [[words, mebibytes(runs[10_000, name])] for name, words in CONDITIONS.items()]
    rows.append(["100,000 users, all in one JSON list on one line", mebibytes(runs[100_000, "oneList"])])
    return table(["10,000 users, and besides", "peak memory"], rows)


def loop(figures):
    users = 10_000
    counts = figures["instructions"]["counts"]
    stages = {run["stage"]: run for run in figures["stages"] if run["users"] == users}

    def micros(stage, *steps):
        return sum(statistics.median(stages[stage]["coreSeconds"][step]) for step in steps) / users * 1e6

    rows = [
        ["first reading: report bytes to samples", "records", ("all",), "records"],
        ["second reading: report bytes to compressed requests", "bodies", ("all",), "bodies"],
        ["lower bound on the same bytes: simdjson, one copy, snappy", "floor", ("parse", "copy", "compress"), None],
        ["of which snappy", "floor", ("compress",), None],
        ["a plain C++ loop for this one job, same samples and bytes", "plain", ("all",), None],
    ]
    return table(["per user, one core", "µs", "instructions"], [
        [words, f"{micros(stage, *steps):.1f}", f"{counts[count]:,.0f}" if count else "–"]
        for words, stage, steps, count in rows
    ])


def tick(figures):
    head = "organizations", "seconds, with the store in files and a GitHub that responds at once"
    return table(head, [[f"{t['organizations']:,}", seconds(t["seconds"])] for t in figures["ticks"]])


def start(figures):
    program = figures["program"]
    names = {
        "eventSeconds": "the end of a one-event run", "httpSeconds": "the first HTTP response",
        "lambdaSeconds": "the first result at the Lambda Runtime API",
    }
    return table(["from the start of the released program to", "milliseconds"], [
        [words, f"{program[name] * 1e3:.1f}"] for name, words in names.items()
    ])


def size(figures):
    root = figures["program"]["root"]
    names = {
        "programByteCount": "`copilot-functions`, stripped", "byteCount": "minimal image",
        "gzipByteCount": "the same, gzipped",
    }
    return table(["", "size"], [[words, megabytes(root[name])] for name, words in names.items()])


TABLES = {
    "collect": collect, "long records": long_records, "loop": loop, "tick": tick, "start": start,
    "size": size,
}

with open(FIGURES) as file:
    figures = json.load(file)
with open(PAGE) as file:
    page = file.read()
marker = re.compile(r"(<!-- measured: (.+?) -->\n\n)(?:\|.*\n)*")
names = [match[2] for match in marker.finditer(page)]
if sorted(names) != sorted(TABLES):
    sys.exit(f"{PAGE} has the tables {sorted(names)}, and not {sorted(TABLES)}")
print(marker.sub(lambda match: match[1] + TABLES[match[2]](figures), page), end="")
