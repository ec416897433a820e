#!/usr/bin/env python3
"""Writes CHANGELOG.md as a Debian changelog to standard output.

usage: changelog.py CHANGELOG.md VERSION MAINTAINER

A release is a heading such as `## 0.1.0 - 2026-12-01`; what stands above the first is not released.
The newest release must be VERSION.
"""

import datetime
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
        _, *parts = re.split(r"^## \[?(\d+\.\d+\.\d+)\]?\D+(\d{4}-\d\d-\d\d).*$", file.read(), flags=re.MULTILINE)
    releases = list(zip(parts[::3], parts[1::3], parts[2::3]))
    if not releases or releases[0][0] != version:
        raise SystemExit(f"the newest release in {path} is not {version}: add its heading, such as `## {version} - 2026-12-01`")
    print("\n".join(entry(*release, maintainer) for release in releases), end="")


if __name__ == "__main__":
    main(*sys.argv[1:])
