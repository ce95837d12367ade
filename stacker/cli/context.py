"""What every command shares: the global options, and the one place where errors are caught."""

from __future__ import annotations

import tempfile
import traceback
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker import __version__, wiring
from stacker.errors import ExitCode, StackerError
from stacker.render import documents
from stacker.render.terminal import Answer, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.series.workspace import Workspace
    from stacker.wiring import Desk

_INTERRUPTED = "Interrupted; run the command again to finish what was begun."
# Global options may stand before or behind the command's name.
_FLAGS = ("--json", "-q", "--quiet", "-v", "--verbose", "--no-fetch")


@dataclass(slots=True)
class Options:
    """The global options of this run; set once, before a command runs.

    `if_interrupted` is the one true sentence after Ctrl-C; a command that knows better sets it.
    """

    folder: Path
    json_only: bool = False
    quiet: bool = False
    verbose: bool = False
    fetch: bool = True
    if_interrupted: str = ""

    @property
    def terminal(self) -> Terminal:
        """Where this run prints."""
        return Terminal(json_only=self.json_only, quiet=self.quiet)

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The series directory of this run, opened."""
        with wiring.workspace(self.folder) as work:
            yield work

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The same, with its forge."""
        with wiring.desk(self.folder) as desk:
            yield desk


def options_from(arguments: Sequence[str]) -> tuple[Options, list[str]]:
    """Take the global options out of `arguments`, wherever they stand before a `--`."""
    options = Options(Path())
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            rest += [argument, *waiting]
        elif argument == "-C":
            options.folder = options.folder / next(waiting, "")
        elif argument in _FLAGS:
            _set(options, argument)
        else:
            rest.append(argument)
    return options, rest


def _set(options: Options, flag: str) -> None:
    match flag:
        case "--json":
            options.json_only = True
        case "-q" | "--quiet":
            options.quiet = True
        case "--no-fetch":
            options.fetch = False
        case _:
            options.verbose = True


def finish(options: Options, command: Callable[[], Answer | None]) -> int:
    """Run a command, print its answer or what went wrong, and return the exit code."""
    terminal = options.terminal
    try:
        answer = command()
    except StackerError as exc:
        terminal.failed(exc, documents.error(exc))
        if options.verbose:
            terminal.say(traceback.format_exc())
        return exc.exit_code
    except KeyboardInterrupt as exc:
        terminal.say(options.if_interrupted or str(exc) or _INTERRUPTED)
        return ExitCode.INTERRUPTED
    except Exception as exc:  # noqa: BLE001 - the one place where a bug becomes an exit code
        bug = StackerError(
            f"a bug in stacker: {type(exc).__name__}: {exc}",
            hint=f"Its traceback is in {_log(options)}; please report it.",
        )
        terminal.failed(bug, documents.error(bug))
        return ExitCode.BUG
    if answer is not None:
        terminal.answer(answer)
        return answer.code
    return ExitCode.DONE


def _log(options: Options) -> Path:
    """Write the traceback of the current exception to a file and return its path."""
    state = options.folder / ".stacker"
    folder = state if state.is_dir() else Path(tempfile.gettempdir())
    path = folder / "stacker-bug.log"
    path.write_text(f"stacker {__version__}\n{traceback.format_exc()}", encoding="utf-8")
    return path
