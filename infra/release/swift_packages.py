"""The Swift packages whose code is in a program that `swift build` has linked."""

import dataclasses
import glob
import json
import os
import re
import shlex
import subprocess


@dataclasses.dataclass(frozen=True, order=True)
class SwiftPackage:
    name: str
    version: str
    location: str  # where its source comes from
    licence: str  # as SPDX writes it
    texts: tuple[str, ...]  # its licence and notice files


RUNTIME_LICENCE = "Apache-2.0 WITH Swift-exception"


def licence_of(text: str) -> str:
    """The SPDX expression of a licence text."""
    if re.search(r"Apache License\s+Version 2\.0", text):
        return RUNTIME_LICENCE if "Runtime Library Exception" in text else "Apache-2.0"
    if "Permission is hereby granted, free of charge" in text:
        return "MIT"
    raise SystemExit(f"Unknown licence. Add it to {os.path.basename(__file__)}:\n{text[:200]}")


def swift_version() -> str:
    """The version of the compiler and of the runtime that it links."""
    said = subprocess.run(["swift", "--version"], check=True, capture_output=True, text=True).stdout
    return re.search(r"Swift version (\S+)", said)[1]


def read(path: str) -> str:
    with open(path) as file:
        return file.read()


def linked_checkouts(program: str) -> set[str]:
    """The names of the checkouts that the program's object files were compiled from."""
    folders = {os.path.dirname(path) for path in shlex.split(read(f"{program}.product/Objects.LinkFileList"))}
    names = set()
    for folder in folders:
        # The source files of a Swift module are listed in `sources`, those of a C module in its .d files.
        for path in glob.glob(f"{glob.escape(folder)}/sources") + glob.glob(f"{glob.escape(folder)}/**/*.d", recursive=True):
            names |= set(re.findall(r"/\.build/checkouts/([^/]+)/", read(path)))
    return names


def linked_packages(programs: list[str], root: str = ".") -> list[SwiftPackage]:
    """The packages with their versions, in the order of their names."""
    with open(f"{root}/Package.resolved") as file:
        pins = {pin["location"].removesuffix(".git").rsplit("/", 1)[1]: pin for pin in json.load(file)["pins"]}
    packages = []
    for name in set().union(*(linked_checkouts(program) for program in programs)):
        folder = f"{root}/.build/checkouts/{name}"
        licences = sorted(glob.glob(f"{folder}/LICENSE*"))
        if not licences:
            raise SystemExit(f"{name} has no licence file in its top folder.")
        texts = [read(path) for path in licences + sorted(glob.glob(f"{folder}/NOTICE*"))]
        packages.append(SwiftPackage(
            name, pins[name]["state"]["version"], pins[name]["location"].removesuffix(".git"), licence_of(texts[0]), tuple(texts)))
    return sorted(packages)
