#!/usr/bin/env python3
"""Prints docs/modules.md: the targets of the package and their dependencies, as diagrams.

The data is what `swift package describe` knows, so the page cannot differ from the build.
"""

import json
import subprocess

LAYERS = [
    # Title, and what the paths of its targets begin with; the first match counts.
    ("Programs", ("functions/Hosting/Command", "local/Command")),
    ("Local", ("local/",)),
    ("Hosting", ("functions/Hosting/",)),
    ("Functions", ("functions/",)),
    ("Adapters", ("Sources/Adapters/",)),
    ("Core", ("Sources/Core/",)),
    ("C", ("Sources/C/",)),
]

INTRODUCTION = """\
# Modules

<!-- Generated from Package.swift by `make docs`: edit infra/docs/modules.py or the package. -->

Every box is a target of the Swift package, every arrow a dependency. Dependencies that follow from
others are left out: a target that depends on `Toolbox` can also see `Ports` and `Domain`. The build
rejects an import of a target that is not declared as a dependency. [Architecture](architecture.md)
explains the layers. Tests are not shown.
"""


def describe():
    # A test prints this page while `swift test` holds the lock; nothing is written here.
    command = ["swift", "package", "--ignore-lock", "describe", "--type", "json"]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(answer.stdout)


def layer_of(target):
    for title, starts in LAYERS:
        if target["path"].startswith(starts):
            return title
    return None


def reachable(name, edges):
    found, left = set(), list(edges[name])
    while left:
        target = left.pop()
        if target not in found:
            found.add(target)
            left += edges[target]
    return found


def reduced(edges):
    """The edges without those that follow from others."""
    return {
        name: {one for one in direct if not any(one in reachable(other, edges) for other in direct - {one})}
        for name, direct in edges.items()
    }


def diagram(layers, members, edges, shut=()):
    """A Mermaid flowchart of some layers; one that is shut is a single box."""
    lines = ["```mermaid", "flowchart TD"]
    box = {}
    for layer in layers:
        if layer in shut:
            lines.append(f'    {layer}["{layer} ({len(members[layer])} targets)"]')
            box.update({name: layer for name in members[layer]})
            continue
        lines.append(f"    subgraph {layer}Layer[{layer}]")
        lines += [f"        {name}" for name in members[layer]]
        lines.append("    end")
        box.update({name: name for name in members[layer]})
    arrows = {
        (box[name], box[other])
        for name, others in edges.items()
        for other in others
        if name in box and other in box and box[name] != box[other]
    }
    lines += [f"    {name} --> {other}" for name, other in sorted(arrows)]
    return "\n".join(lines + ["```"])


def main():
    targets = [(target, layer_of(target)) for target in describe()["targets"]]
    targets = {target["name"]: (target, layer) for target, layer in targets if layer}
    members = {title: [] for title, _ in LAYERS}
    for name, (_, layer) in sorted(targets.items()):
        members[layer].append(name)
    edges = {
        name: {other for other in target.get("target_dependencies", []) if other in targets}
        for name, (target, _) in targets.items()
    }
    edges = reduced(edges)
    upper = [title for title, _ in LAYERS if title != "C"]
    rows = [
        f"| {title} | {', '.join(f'`{start}`' for start in starts)} | {', '.join(members[title])} |"
        for title, starts in LAYERS
    ]
    print(INTRODUCTION)
    print("| Layer | Folders | Targets |\n| --- | --- | --- |")
    print("\n".join(rows))
    print("\n## Programs, hosting, functions and core\n")
    print("The adapters are one box: of the product only `Deployment`, the composition root, depends on them.")
    print("The simulated GitHub uses two of them for keys and checksums of its own.\n")
    print(diagram(upper, members, edges, shut=("Adapters",)))
    print("\n## Adapters and C libraries\n")
    print("Each adapter fulfils a port or is shared by several that do; one alone sees its C library.\n")
    print(diagram(["Adapters", "Core", "C"], members, edges, shut=("Core",)))


main()
