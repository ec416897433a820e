#!/usr/bin/env python3
"""Writes the manual page of a program to standard output, as mdoc, from what its argument parser knows.

usage: manual.py PROGRAM

The commands and options come from `--experimental-dump-help`. The variables come from the section VARIABLES
of `--help`, because the parser does not know them.
"""

import datetime
import json
import os
import re
import subprocess
import sys
import textwrap

SEE_ALSO = {"copilot-functions": "copilot-local", "copilot-local": "copilot-functions"}


def escaped(text: str) -> str:
    """Text without meaning to mdoc."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("─", "\\[em]")
    return re.sub(r"^(['.])", r"\\&\1", text, flags=re.MULTILINE)


def sentences(text: str) -> str:
    """Escaped prose with each sentence on a line of its own, as mdoc asks for."""
    return re.sub(r"(?<=[A-Za-z0-9)\]][.!?]) +(?=[^ ])", "\n", escaped(text))


def words(text: str) -> str:
    """Escaped arguments of a macro. `\\&` keeps a word that is the name of a macro from being one."""
    return " ".join(f"\\&{escaped(word)}" for word in text.split())


def option_name(argument: dict) -> str:
    if argument["kind"] == "positional":
        return f"Ar {words(argument['valueName'])}"
    names = [("\\-" if name["kind"] == "long" else "") + escaped(name["name"]) for name in argument["names"]]
    value = f" Ar {words(argument['valueName'])}" if argument["kind"] == "option" else ""
    return " , ".join(f"Fl {name}" for name in names) + value


def synopsis(command: dict) -> list[str]:
    lines = []
    for argument in own(command):
        if argument["kind"] == "positional":
            line = f"Ar {words(argument['valueName'])}"
        else:
            name = argument["preferredName"]
            line = f"Fl {'' if name['kind'] == 'short' else chr(92) + '-'}{escaped(name['name'])}"
            line += f" Ar {words(argument['valueName'])}" if argument["kind"] == "option" else ""
        line += " ..." if argument["isRepeating"] else ""
        lines.append(f".Op {line}" if argument["isOptional"] else f".{line}")
    return lines


def shown(items: list[dict]) -> list[dict]:
    return [item for item in items if item["shouldDisplay"]]


def own(command: dict) -> list[dict]:
    """The arguments of a command, without the help that every command offers."""
    return [argument for argument in shown(command["arguments"]) if argument["valueName"] != "help"]


def options(arguments: list[dict]) -> list[str]:
    if not arguments:
        return []
    lines = [".Bl -tag -width Ds"]
    for argument in arguments:
        text = " ".join(part for part in [argument.get("abstract"), argument.get("discussion")] if part)
        if "defaultValue" in argument:
            text += f" The default is {argument['defaultValue']}."
        lines += [f".It {option_name(argument)}", sentences(text) or "\\&"]
    return lines + [".El"]


def sections(text: str) -> list[tuple[str | None, str]]:
    """The sections of a discussion. A heading is a line in capitals that is not indented."""
    parts: list[tuple[str | None, list[str]]] = [(None, [])]
    for line in text.split("\n"):
        if re.fullmatch(r"[A-Z][A-Z ]+", line):
            parts.append((line, []))
        else:
            parts[-1][1].append(line)
    return [(heading, "\n".join(lines).strip("\n")) for heading, lines in parts if "".join(lines).strip()]


def body(text: str) -> list[str]:
    """Paragraphs. An indented one keeps its line breaks."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        if lines:
            lines.append(".Pp")
        if paragraph.startswith(" "):
            lines += [".Bd -literal -offset indent -compact", escaped(textwrap.dedent(paragraph)), ".Ed"]
        else:
            lines.append(sentences(paragraph))
    return lines


def environment(text: str) -> list[str]:
    """A list of variables, from names with indented descriptions below."""
    introduction, _, rest = text.partition("\n\n")
    lines = [sentences(" ".join(introduction.split())), ".Bl -tag -width Ds"]
    for line in rest.split("\n"):
        if name := re.fullmatch(r"  ([A-Z][A-Z0-9_]*)(.*)", line):
            lines.append(f".It Ev {name[1]}" + (f" {words(name[2])}" if name[2].strip() else ""))
        elif line.strip():
            lines.append(escaped(line.strip()))
    return lines + [".El"]


def page(command: dict, variables: str, version: str, day: datetime.date) -> str:
    name = command["commandName"]
    subcommands = [one for one in shown(command.get("subcommands", [])) if one["commandName"] != "help"]
    lines = [
        f".Dd {day.strftime('%B')} {day.day}, {day.year}", f".Dt {name.upper()} 1", f".Os copilot-usage {version}",
        ".Sh NAME", f".Nm {name}", f".Nd {escaped(command['abstract'].rstrip('.'))}", ".Sh SYNOPSIS", f".Nm {name}",
    ]
    lines += [".Ar command", ".Op Ar option ..."] if subcommands else synopsis(command)
    lines.append(".Sh DESCRIPTION")
    headed = sections(command.get("discussion", ""))
    lines += [sentences(command["abstract"])] if not headed or headed[0][0] else []
    for heading, text in headed:
        if heading and heading not in ("EXAMPLES", "EXIT STATUS"):
            lines.append(f".Ss {heading.capitalize()}")
        if heading not in ("EXAMPLES", "EXIT STATUS"):
            lines += body(text)
    lines += [".Sh OPTIONS"] + options(shown(command["arguments"]))
    if subcommands:
        lines.append(".Sh COMMANDS")
        for subcommand in subcommands:
            lines += described(subcommand, "")
    if variables:
        lines += [".Sh ENVIRONMENT"] + environment(variables)
    for wanted in ("EXIT STATUS", "EXAMPLES"):
        for heading, text in headed:
            if heading == wanted:
                lines += [f".Sh {heading}"] + body(text)
    lines += [".Sh SEE ALSO", f".Xr {SEE_ALSO[name]} 1"]
    return "\n".join(lines) + "\n"


def described(command: dict, prefix: str) -> list[str]:
    name = f"{prefix}{command['commandName']}"
    nested = shown(command.get("subcommands", []))
    lines = [f".Ss {escaped(name)}", f".Nm Cm {words(name)}"] + synopsis(command) + [".Pp", sentences(command["abstract"])]
    for heading, text in sections(command.get("discussion", "")):
        lines += [".Pp"] + ([f".Sy {heading.capitalize()}", ".Pp"] if heading else []) + body(text)
    lines += options(own(command))
    for subcommand in nested:
        lines += described(subcommand, f"{name} ")
    return lines


def main(program: str) -> None:
    def output(*arguments: str) -> str:
        return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout

    known, _ = json.JSONDecoder().raw_decode(output("--experimental-dump-help"))
    variables = output("--help").partition("\nVARIABLES\n")[2]
    day = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc).date()
    sys.stdout.write(page(known["command"], variables, output("--version").strip(), day))


if __name__ == "__main__":
    main(sys.argv[1])
