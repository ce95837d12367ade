"""The terminal: where results, messages and progress go, and how outside text is made harmless."""

from __future__ import annotations

import os
import sys
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TextIO

    from rich.console import Console

    from stacker.errors import StackerError

_LAYOUT = str.maketrans("", "", "\n\t")
# What our own texts use beyond ASCII; a console may have less.
_IN_ASCII = str.maketrans({"…": "...", "·": "-", "—": "-", "→": "->"})


class Answer(NamedTuple):
    """What a command answers: a document for scripts, lines for people, and the exit code."""

    document: Mapping[str, object]
    text: str
    code: ExitCode = ExitCode.DONE


class Terminal:
    """Standard output for results, standard error for messages and progress."""

    def __init__(self, *, json_only: bool, quiet: bool) -> None:
        self.json_only = json_only
        self.quiet = quiet
        self._progress = ""

    def answer(self, answer: Answer) -> None:
        """Print a command's result."""
        self._clear()
        if self.json_only:
            _write(sys.stdout, dumps(answer.document) + "\n")
        elif answer.text and not (self.quiet and answer.code is ExitCode.DONE):
            self._print(visible(answer.text.rstrip("\n")))

    def ready(self, document: Mapping[str, object], text: str) -> None:
        """Say on standard output, at once, that a command now serves; scripts wait for this line.

        The document stands on one line.
        """
        self._clear()
        if self.json_only:
            _write(sys.stdout, dumps(document, indent=None) + "\n")
        elif not self.quiet:
            self._print(visible(text))
        sys.stdout.flush()

    def tell(self, line: str) -> None:
        """A line of a story that is told as it happens; a script hears only its end."""
        if not self.json_only:
            self._print(visible(line))
            sys.stdout.flush()

    def say(self, message: str) -> None:
        """A message on the way."""
        self._clear()
        if not self.quiet:
            self._print(visible(message), error=True)

    @staticmethod
    def is_seen() -> bool:
        """Whether any of it is written to a screen."""
        return sys.stdout.isatty() or sys.stderr.isatty()

    @property
    def can_ask(self) -> bool:
        """Whether there is a person to ask."""
        return not self.json_only and sys.stdin.isatty() and sys.stderr.isatty()

    def ask(self, question: str) -> bool:
        """Whether the person says yes; nothing typed is a no. Only where `can_ask`."""
        self._clear()
        self._print(f"{visible(question)} [y/N] ", error=True, end="")
        return sys.stdin.readline().strip().lower() in {"y", "yes"}

    @property
    def shows_progress(self) -> bool:
        """Whether somebody looks on."""
        return not self.quiet and not self.json_only and sys.stderr.isatty()

    def told(self, what: str, done: int, total: int) -> None:
        """Progress; shown on a terminal only, on one line that is written over."""
        if not self.shows_progress:
            return
        share = f" {100 * done // total} %" if total else ""
        self._progress = writable(visible(f"{what}{share}")[:70], sys.stderr.encoding)
        sys.stderr.write(f"\r{self._progress:<72}")
        sys.stderr.flush()

    def failed(self, exc: StackerError, document: Mapping[str, object]) -> None:
        """Print an error: what, where, what next."""
        self._clear()
        if self.json_only:
            _write(sys.stdout, dumps(document) + "\n")
            return
        if exc.where:
            from stacker.series.plan.problems import format_problem  # noqa: PLC0415 - seldom needed

            for problem in exc.where:
                self._print(visible(format_problem(problem)), error=True)
        self._print(visible(exc.message), error=True, label="Error: ", style="bold red")
        if exc.hint:
            self._print(visible(exc.hint), error=True, label="Hint:  ", style="bold")

    def _print(
        self, text: str, *, error: bool = False, label: str = "", style: str = "", end: str = "\n"
    ) -> None:
        """Print; what the console's encoding lacks is written with what it has."""
        stream = sys.stderr if error else sys.stdout
        fitting = writable(text, stream.encoding or "utf-8")
        if not label and "\t" not in fitting:  # nothing that rich would draw
            _write(stream, fitting + end)
            return
        from rich.text import Text  # noqa: PLC0415 - slow to load, and seldom needed

        self._console(error=error).print(Text.assemble((label, style), fitting), end=end)

    @staticmethod
    def _console(*, error: bool) -> Console:
        from rich.console import Console  # noqa: PLC0415 - slow to load, and seldom needed

        return Console(highlight=False, markup=False, soft_wrap=True, stderr=error)

    def _clear(self) -> None:
        if self._progress:
            sys.stderr.write("\r" + " " * 72 + "\r")
            sys.stderr.flush()
            self._progress = ""


def dumps(document: Mapping[str, object], *, indent: int | None = 2) -> str:
    """A document as JSON; bytes that are no UTF-8 become escapes, never a crash."""
    import json  # noqa: PLC0415 - people read no JSON

    return json.dumps(document, indent=indent, ensure_ascii=True)


def visible(text: str) -> str:
    """`text` with control, bidi and other unseen characters escaped; line ends and tabs stay."""
    if text.isascii() and text.translate(_LAYOUT).isprintable():
        return text
    return "".join(c if c in "\n\t" or _seen(c) else _escaped(c) for c in text)


def writable(text: str, encoding: str | None) -> str:
    """`text` in characters that `encoding` has: ours in ASCII, others escaped."""
    try:
        text.encode(encoding or "ascii")
    except UnicodeEncodeError:
        plain = text.translate(_IN_ASCII)
        return plain.encode(encoding or "ascii", "backslashreplace").decode(encoding or "ascii")
    return text


def _write(stream: TextIO, text: str) -> None:
    """Write at once; whoever reads may have heard enough."""
    try:
        stream.writelines(text.splitlines(keepends=True))  # old Windows loses what is too long
        stream.flush()
    except BrokenPipeError:
        # Python writes what is left when it ends: nowhere, then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise SystemExit(1) from None


def _seen(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def _escaped(char: str) -> str:
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
