#!/usr/bin/env python3
"""Writes CHANGELOG.md as a Debian changelog to standard output.

usage: changelog.py CHANGELOG.md VERSION MAINTAINER

A release is a section such as `## [0.1.0] - 2026-12-01`. Until VERSION has one, the section `## [Unreleased]`
describes it, as of SOURCE_DATE_EPOCH.
"""

import datetime
import os
import re
import sys
import textwrap


def entry(version: str, day: str, text: str, maintainer: str) -> str:
    lines = []
    for block in re.split(r"\n(?=\s*[-*] |#|\s*\n)", text):
        words = " ".join(block.split())
        if words.startswith("### "):
            lines += ["", f"  [ {words[4:]} ]"]
        elif words:
            words = words[2:] if words[:2] in ("- ", "* ") else words
            lines += textwrap.wrap(words, 76, initial_indent="  * ", subsequent_indent="    ")
    date = datetime.datetime.strptime(day, "%Y-%m-%d").strftime("%a, %d %b %Y 00:00:00 +0000")
    return f"copilot-usage ({version}) stable; urgency=medium\n\n" + "\n".join(lines) + f"\n\n -- {maintainer}  {date}\n"


def main(path: str, version: str, maintainer: str) -> None:
    with open(path) as file:
        _, *parts = re.split(r"^## \[?(Unreleased|\d+\.\d+\.\d+)\]?(?:\D+(\d{4}-\d\d-\d\d))?.*$", file.read(), flags=re.MULTILINE)
    sections = {name: (day, text) for name, day, text in zip(parts[::3], parts[1::3], parts[2::3])}
    pending = sections.pop("Unreleased", None)
    if version not in sections and pending:
        today = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
        sections = {version: (today.strftime("%Y-%m-%d"), pending[1])} | sections
    if next(iter(sections), None) != version:
        raise SystemExit(f"The newest release in {path} is not {version}. Add a section for it: ## [{version}] - YYYY-MM-DD")
    print("\n".join(entry(name, *section, maintainer) for name, section in sections.items()), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
