#!/usr/bin/env python3
"""The Debian packages that the files of a root filesystem come from.

usage: debian_packages.py ROOT        prints their names
"""

import dataclasses
import os
import re
import subprocess
import sys


@dataclasses.dataclass(frozen=True, order=True)
class DebianPackage:
    name: str
    version: str
    architecture: str
    source: str
    homepage: str
    licence: str  # as in its copyright file; empty if unknown


# The package writes this file when it is installed, so dpkg does not know it.
GENERATED = {"/etc/ssl/certs/ca-certificates.crt": "ca-certificates"}


def query(*arguments: str) -> str:
    return subprocess.run(["dpkg-query", *arguments], capture_output=True, text=True).stdout


def owner(path: str) -> str:
    """The name of the package that installed a file."""
    if path in GENERATED:
        return GENERATED[path]
    # dpkg knows a library by its path before or after /lib became a link to /usr/lib.
    found = query("-S", path, path.removeprefix("/usr"), f"/usr{path}")
    if not found:
        raise SystemExit(f"{path} does not belong to a Debian package.")
    return found.partition(":")[0]


def main_licence(path: str) -> str:
    """The licence of most files, or nothing if the copyright file is not machine-readable."""
    with open(path, encoding="utf-8", errors="replace") as file:
        stanzas = re.split(r"\n[ \t]*\n", file.read())
    for stanza in stanzas:
        if re.search(r"^Files:[ \t]*\*[ \t]*$", stanza, flags=re.MULTILINE):
            named = re.search(r"^License:[ \t]*(\S.*?)[ \t]*$", stanza, flags=re.MULTILINE)
            return named[1] if named else ""
    return ""


def packages_of(root: str) -> list[DebianPackage]:
    """The packages of the shared libraries and the certificates below a folder, in the order of their names."""
    paths = [os.path.join(folder, name).removeprefix(root.rstrip("/")) for folder, _, names in os.walk(root) for name in names]
    names = {owner(path) for path in paths if ".so" in os.path.basename(path) or path in GENERATED}
    packages = []
    for name in names:
        fields = query("-W", "-f", "${Version}\n${Architecture}\n${source:Package}\n${Homepage}\n", name).split("\n")
        packages.append(DebianPackage(name, *fields[:4], main_licence(f"/usr/share/doc/{name}/copyright")))
    return sorted(packages)


if __name__ == "__main__":
    print("\n".join(package.name for package in packages_of(sys.argv[1])))
