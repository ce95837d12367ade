"""The terminal: where results, messages and progress go, and how outside text is made harmless."""

from __future__ import annotations

import json
import sys
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from stacker.errors import ExitCode
from stacker.series.problems import format_problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.errors import StackerError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command answers: a document for scripts, lines for people, and the exit code."""

    document: Mapping[str, object]
    text: str
    code: ExitCode = ExitCode.DONE


class Terminal:
    """Standard output for results, standard error for messages and progress."""

    def __init__(self, *, json_only: bool, quiet: bool) -> None:
        self.json_only = json_only
        self.quiet = quiet
        self._out = Console(highlight=False, markup=False, soft_wrap=True)
        self._err = Console(highlight=False, markup=False, soft_wrap=True, stderr=True)
        self._progress = ""

    def answer(self, answer: Answer) -> None:
        """Print a command's result."""
        self._clear()
        if self.json_only:
            sys.stdout.write(dumps(answer.document) + "\n")
        elif answer.text and not (self.quiet and answer.code is ExitCode.DONE):
            self._out.print(Text(visible(answer.text.rstrip("\n"))))

    def say(self, message: str) -> None:
        """A message on the way."""
        self._clear()
        if not self.quiet:
            self._err.print(Text(visible(message)))

    def told(self, what: str, done: int, total: int) -> None:
        """Progress; shown on a terminal only, on one line that is written over."""
        if not self._err.is_terminal or self.quiet or self.json_only:
            return
        share = f" {100 * done // total} %" if total else ""
        self._progress = visible(f"{what}{share}")[:70]
        sys.stderr.write(f"\r{self._progress:<72}")
        sys.stderr.flush()

    def failed(self, exc: StackerError, document: Mapping[str, object]) -> None:
        """Print an error: what, where, what next."""
        self._clear()
        if self.json_only:
            sys.stdout.write(dumps(document) + "\n")
            return
        for problem in exc.where:
            self._err.print(Text(visible(format_problem(problem))))
        self._err.print(Text.assemble(("Error: ", "bold red"), visible(exc.message)))
        if exc.hint:
            self._err.print(Text.assemble(("Hint:  ", "bold"), visible(exc.hint)))

    def _clear(self) -> None:
        if self._progress:
            sys.stderr.write("\r" + " " * 72 + "\r")
            sys.stderr.flush()
            self._progress = ""


def dumps(document: Mapping[str, object]) -> str:
    """A document as JSON; bytes that are no UTF-8 become escapes, never a crash."""
    return json.dumps(document, indent=2, ensure_ascii=True)


def visible(text: str) -> str:
    """`text` with control, bidi and other unseen characters escaped; line ends and tabs stay."""
    return "".join(c if c in "\n\t" or _seen(c) else _escaped(c) for c in text)


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
