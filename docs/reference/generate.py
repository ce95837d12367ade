"""Writes the pages of this folder that say what the code says: `python docs/reference/generate.py`.

They are committed, so that they can be read on the forge too; a test compares them with the code.
"""

from __future__ import annotations

import json
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from stacker.cli import parser
from stacker.series.plan.keys import KEYS, SECTIONS, Key, Shape
from stacker.series.plan.model import Override, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HERE = Path(__file__).parent
_NOTE = "<!-- Made by docs/reference/generate.py; what is changed here is lost. -->\n"
_SHAPES = {
    Shape.TEXT: "text",
    Shape.NAME: "name",
    Shape.CHOICE: "one of",
    Shape.COUNT: "number, 0 or more",
    Shape.NUMBER: "number, 1 or more",
    Shape.SWITCH: "`true` or `false`",
    Shape.TEXTS: "array of texts",
    Shape.COMMANDS: "one command as an array of texts, or an array of commands",
    Shape.DURATION: 'duration, such as `"90s"`, `"30m"`, `"1h30m"`, `"30d"`',
    Shape.REASONS: "table of texts",
    Shape.OVERRIDES: "table of tables",
}
_PLAN = """\
# `series.toml`

The plan of a series: people write it, and stacker reads all of it before it does anything. A plan with a mistake is refused with all mistakes at once, each with its line. `stacker status --plan` prints yours with every default written out; `stacker status --schema` prints a JSON Schema, by which editors complete and check it. The smallest one names the series, an upstream repository and a stage:

```toml
[series]
name = "port"
[repositories.proj]
upstream = "up/proj"
[[stages]]
id = "first"
```

In commands `{platform}`, `{stage}`, `{base}`, `{jobs}`, `{python}` and `{repo:NAME}` are filled in; other braces stay. No command goes through a shell.
"""
_CLI = """\
# Commands

What `--help` says, of all commands. Everywhere: `-C DIR` names the series directory, `--json` prints one document on standard output and nothing else there ([documents](json.md)), `-q` leaves only errors, `-v` shows errors with their causes, `--no-fetch` asks no upstream. What a command ends with: [exit codes](exit-codes.md).
"""
_JSON = """\
# Documents: what `--json` prints

Each command prints one document. An object may get more keys in a later version, so a reader passes over those that it does not know. `stacker schema NAME` prints each as a JSON Schema. Below are the keys of each document; a `?` marks one that is not always there, `or null` one that has no value where there is nothing to say.
"""


def pages() -> dict[str, str]:
    """Every page, by its name."""
    made = {
        "commands.md": commands(), "series-toml.md": plan(), "exit-codes.md": exit_codes(),
        "json.md": documents(),
    }  # fmt: skip
    return {name: f"{_NOTE}{text}" for name, text in made.items()}


def commands() -> str:
    """The command line."""
    out, family = [_CLI], None
    for words, command in _commands(typer.main.get_command(parser.build()), ()):
        panel = getattr(command, "rich_help_panel", None)
        if len(words) == 1 and isinstance(panel, str) and panel != family:
            family = panel
            out.append(f"## {family}\n")
        out.append(_command(words, command))
    return "\n".join(out)


def _commands(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if words:
        yield words, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from _commands(inner, (*words, name))


def _command(words: tuple[str, ...], command: Any) -> str:
    name = " ".join(("stacker", *words))
    context = command.make_context(name, [], resilient_parsing=True)
    usage = " ".join(command.collect_usage_pieces(context))
    told = [one.get_help_record(context) for one in command.get_params(context)]
    rows = [f"| `{_cell(what)}` | {_plain(says)} |" for what, says in filter(None, told)
            if what != "--help"]  # fmt: skip
    table = "\n".join(["", "| argument, option | |", "|---|---|", *rows, ""]) if rows else ""
    return f"### `{name}`\n\n{_plain(command.help)}\n\n```text\n{name} {usage}\n```\n{table}"


def plan() -> str:
    """The plan's tables and keys."""
    out = [_PLAN, "## `[series]`\n\nThe series itself.\n", _table(Plan)]
    for name, section in SECTIONS.items():
        heading = f"[{name}.NAME]" if section.named else f"[[{name}]]"
        out += [f"## `{heading}`\n", f"{_sentence(section.says)}\n", _table(section.of)]
    out += ["## `[checks.on.PLATFORM]`\n", "What differs of a check on a platform.\n"]
    return "\n".join([*out, _table(Override)])


def _table(model: type[Any]) -> str:
    defaults = getattr(model, "_field_defaults", {})
    rows = [
        f"| `{name}` | {_shape(key)} | {_default(name, key, defaults)} | {_plain(key.says)} |"
        for name, key in KEYS[model].items()
    ]
    return "\n".join(["| key | value | default | |", "|---|---|---|---|", *rows, ""])


def _shape(key: Key) -> str:
    words = ", ".join(f"`{word}`" for word in key.choices or ())
    return f"{_SHAPES[key.shape]} {words}".rstrip()


def _default(name: str, key: Key, defaults: Mapping[str, Any]) -> str:
    """What holds without the key; where that takes words, its description has them."""
    if key.required:
        return "**required**"
    if "default" in key.says:
        return "as said"
    value = defaults.get(name)
    if isinstance(value, bool | int):
        return f"`{json.dumps(value)}`"
    return f"`{value}`" if value else "none"


def exit_codes() -> str:
    """What commands end with."""
    told = import_module("stacker.topics.exit_codes").exit_codes()
    lines = re.findall(r"^ *(\d+)  (.+)$", told, re.MULTILINE)
    rows = [f"| {code} | {_cell(says)} |" for code, says in lines]
    return "\n".join(
        ["# Exit codes\n", "Scripts may rely on these.\n", "| | |", "|---|---|", *rows, ""]
    )


def documents() -> str:
    """The documents by command."""
    schemas = import_module("stacker.render.schemas.documents")
    out = [_JSON]
    for name in schemas.NAMES:
        heading = "An error" if name == "error" else f"`stacker {name} --json`"
        out.append(f"## {heading}\n\n```text\n{_value(schemas.schema_of(name), 0)}\n```\n")
    return "\n".join(out)


def _value(schema: Mapping[str, Any], depth: int) -> str:
    """A shape, as a reader would sketch it."""
    if "anyOf" in schema:
        parts = [_value(one, depth) for one in schema["anyOf"]]
        return " or ".join(parts)
    if "enum" in schema:
        return " | ".join(json.dumps(word) for word in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"[{_value(schema['items'], depth)}, …]"
        case "object":
            return _object(schema, depth)
        case "string" if "40" in schema.get("pattern", ""):
            return "OID"
        case kind:
            return str(kind or "anything")


def _object(schema: Mapping[str, Any], depth: int) -> str:
    if "properties" not in schema:
        inner = schema.get("additionalProperties")
        return f"{{NAME: {_value(inner, depth)}, …}}" if isinstance(inner, dict) else "{…}"
    space, needed = "  " * (depth + 1), schema.get("required", ())
    lines = []
    for name, one in schema["properties"].items():
        says = f"   # {one['description']}" if "description" in one else ""
        mark = "" if name in needed else "?"
        lines.append(f'{space}"{name}"{mark}: {_value(one, depth + 1)}{says}\n')
    return "{\n" + "".join(lines) + "  " * depth + "}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _plain(text: str) -> str:
    """Prose of the code in which nothing means markup but its own backticks."""
    return _cell(text).replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    for page, content in pages().items():
        (HERE / page).write_text(content, encoding="utf-8", newline="\n")
    sys.stdout.write(f"Wrote {', '.join(pages())}.\n")
