"""Every `--help`, as it was when somebody last looked at it.

`python tests/cli/test_help.py --update` writes the texts anew.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import redirect_stdout
from pathlib import Path

import pytest
import typer

from stacker.cli import app, parser

GOLDEN = Path(__file__).parents[1] / "golden" / "help"


def command_lines():
    """The words of every command and every family of commands."""

    def below(command, words):
        yield words
        for name, inner in getattr(command, "commands", {}).items():
            yield from below(inner, (*words, name))

    return sorted(below(typer.main.get_command(parser.build()), ()))


def help_text(words):
    said = io.StringIO()
    with redirect_stdout(said):
        code = app.run([*words, "--help"])
    assert code == 0
    return "".join(f"{line.rstrip()}\n" for line in said.getvalue().splitlines())


def file_of(words):
    return GOLDEN / f"{'-'.join(('stacker', *words))}.txt"


@pytest.mark.parametrize("words", command_lines(), ids=" ".join)
def test_help_is_as_it_was(words):
    text = help_text(words)
    assert text.isascii()  # a console may have no more
    assert text == file_of(words).read_text(encoding="utf-8")


def test_there_is_no_help_for_what_is_gone():
    assert {file_of(words) for words in command_lines()} == set(GOLDEN.iterdir())


if __name__ == "__main__" and "--update" in sys.argv:
    os.environ["COLUMNS"] = os.environ["TERMINAL_WIDTH"] = "80"
    for old in GOLDEN.iterdir():
        old.unlink()
    for one in command_lines():
        file_of(one).write_text(help_text(one), encoding="utf-8", newline="\n")
