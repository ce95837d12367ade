"""What the Tab key knows is what the parser of commands has.

`python tests/completion/test_words.py --update` writes it anew.
"""

from __future__ import annotations

import json
import sys
from enum import Enum
from pathlib import Path

import typer

import stacker.completion
from stacker.cli import parser

TABLE = Path(stacker.completion.__file__).with_name("words.json")
SHELLS, TOPICS = "bash|zsh|fish|powershell", "series.toml|exit-codes|words|landing|terminal"


def table():
    return described(typer.main.get_command(parser.build()))


def described(command):
    options, arguments, several = {}, "", False
    for one in command.params:
        if one.param_type_name == "option":
            says = one.help or ""
            takes = "" if one.type_descriptor.annotation is bool else of(one)
            for name in (*one.opts, *one.secondary_opts):
                options[name] = {"says": says, "takes": takes, "count": one.nargs}
        else:
            arguments, several = of(one), one.nargs != 1
    options["--help"] = {"says": "Show this message and exit.", "takes": "", "count": 1}
    commands = {
        name: described(inner) | {"says": inner.get_short_help_str(200)}
        for name, inner in getattr(command, "commands", {}).items()
    }
    return {
        "options": options, "arguments": arguments, "several": several, "commands": commands
    }  # fmt: skip


def of(param):
    """What an option or argument takes, as far as it can be offered."""
    kind = param.type_descriptor.annotation
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "|".join(kind)
    help_text = param.help or ""
    if param.name in {"shell", "topic"} and "|" in help_text:
        return help_text.removesuffix(", or a command.")
    is_argument = param.param_type_name == "argument"
    if param.name in {"stages", "stage"} and is_argument:
        return "stage"
    return "group" if param.name == "group" else "value"


def text():
    return json.dumps(table(), indent=1, ensure_ascii=True) + "\n"


def test_the_table_is_what_the_parser_has():
    assert TABLE.read_text(encoding="utf-8") == text()


def test_the_table_knows_what_can_be_offered():
    commands = table()["commands"]
    assert commands["land"]["options"]["--group"]["takes"] == "group"
    assert commands["edit"]["arguments"] == commands["verify"]["arguments"] == "stage"
    assert (commands["completion"]["arguments"], commands["help"]["arguments"]) == (SHELLS, TOPICS)
    assert commands["log"]["options"]["--diff"]["count"] == 2
    assert "serve" in commands["hub"]["commands"]


if __name__ == "__main__" and "--update" in sys.argv:
    TABLE.write_text(text(), encoding="utf-8", newline="\n")
