#!/usr/bin/env python3
"""Writes the licences and notices of the code that is linked into the programs to standard output.

usage: notices.py PROGRAM...

A licence text is printed once, with the names of the packages that it applies to.
"""

import sys
from pathlib import Path

from swift_packages import RUNTIME_LICENCE, licence_of, linked_packages, swift_version

RULE = "-" * 80
# The reports of octodemo are bytes of copilot-local.
RECORDED = Path(__file__).parents[2] / "local/GitHubSimulator/Recorded/octodemo/LICENSE.txt"


def main(programs: list[str]) -> None:
    texts: dict[str, str] = {}  # by their words: some differ only in line breaks
    names: dict[str, list[str]] = {}
    notices: list[str] = []
    for package in linked_packages(programs):
        title = f"{package.name} {package.version}"
        words = " ".join(package.texts[0].split())
        texts.setdefault(words, package.texts[0].strip("\n"))
        names.setdefault(words, []).append(title)
        notices += [f"Notice of {title}\n\n" + text.strip("\n") for text in package.texts[1:]]
    for words, text in texts.items():
        if licence_of(text) == RUNTIME_LICENCE:
            names[words].append(f"the Swift runtime and Foundation {swift_version()}")
            break
    recorded = " ".join(RECORDED.read_text().split())
    texts.setdefault(recorded, RECORDED.read_text().strip("\n"))
    names.setdefault(recorded, []).append("the recorded reports of copilot-metrics-viewer")
    licences = [f"Licence of {', '.join(names[words])}\n\n{text}" for words, text in texts.items()]
    print(f"\n\n{RULE}\n\n".join(["The programs contain code of other projects. These are its licences and notices.", *licences, *notices]))


if __name__ == "__main__":
    main(sys.argv[1:])
