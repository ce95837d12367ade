"""What every command shares: the global options, and the one place where errors are caught."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import ExitCode, StackerError
from stacker.render import documents
from stacker.render.terminal import Answer, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stacker.preferences.inforce import Preferences
    from stacker.series.workspace import Workspace
    from stacker.wiring import Desk

_INTERRUPTED = "Interrupted; run the command again to finish what was begun."
# Global options may stand before or behind the command's name.
_FLAGS = ("--json", "-q", "--quiet", "-v", "--verbose", "--no-fetch")


class Options:
    """The global options of this run; set once, before a command runs.

    `if_interrupted` is the one true sentence after Ctrl-C; a command that knows better sets it.
    """

    def __init__(self) -> None:
        self.folder = Path()
        self.json_only = False
        self.quiet = False
        self.verbose = False
        self.fetch = True
        self.if_interrupted = ""

    @property
    def terminal(self) -> Terminal:
        """Where this run prints."""
        return Terminal(json_only=self.json_only, quiet=self.quiet)

    @property
    def preferences(self) -> Preferences:
        """What this person likes, where this run works."""
        from stacker.preferences.inforce import preferences  # noqa: PLC0415 - few commands ask

        return preferences(self.folder)

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The series directory of this run, opened."""
        from stacker import wiring  # noqa: PLC0415 - not every command works on a series

        with self._heard(), wiring.workspace(self.folder) as work:
            yield work

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The same, with its forge."""
        from stacker import wiring  # noqa: PLC0415 - as above

        with self._heard(), wiring.desk(self.folder, self.terminal.told) as desk:
            yield desk

    @contextmanager
    def _heard(self) -> Iterator[None]:
        """Keep what an interrupt says: the parser of command lines forgets it."""
        try:
            yield
        except KeyboardInterrupt as stopped:
            self.if_interrupted = self.if_interrupted or str(stopped)
            raise


def options_from(arguments: Sequence[str]) -> tuple[Options, list[str]]:
    """Take the global options out of `arguments`, wherever they stand before a `--`."""
    options = Options()
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
            terminal.say(_traceback())
        return exc.exit_code
    except KeyboardInterrupt as exc:
        terminal.say(options.if_interrupted or str(exc) or _INTERRUPTED)
        return ExitCode.INTERRUPTED
    except Exception as exc:  # noqa: BLE001 - the one place where a bug becomes an exit code
        from stacker.cli import machine  # noqa: PLC0415 - when something went wrong

        refused = machine.refusal(exc)
        if refused is not None:
            terminal.failed(refused, documents.error(refused))
            return refused.exit_code
        bug = machine.bug(exc, options.folder)
        terminal.failed(bug, documents.error(bug))
        return ExitCode.BUG
    if answer is not None:
        terminal.answer(answer)
        return answer.code
    return ExitCode.DONE


def _traceback() -> str:
    import traceback  # noqa: PLC0415 - when something went wrong, time is no matter

    return traceback.format_exc()
