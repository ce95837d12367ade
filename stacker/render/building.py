"""What builds now: on a terminal a table that is drawn again as time goes by, else plain lines."""

from __future__ import annotations

import time
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from stacker.render.terminal import visible, writable
from stacker.render.verify import event_text
from stacker.verify.logs import last_lines
from stacker.verify.price import duration
from stacker.verify.request import Ended, Priced, Started, Underway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console
    from rich.text import Text

    from stacker.render.terminal import Terminal
    from stacker.verify.request import CellResult, Event

_A_SECOND = 4  # times that the table is drawn
_LINES = 5  # of a log, when its check failed


@contextmanager
def progress(terminal: Terminal) -> Iterator[Callable[[Event], None]]:
    """Something to tell the events of a `verify`, which shows them while it lasts."""
    if not terminal.shows_progress:
        yield lambda event: terminal.say(event_text(event)) if _is_news(event) else None
        return
    from rich.console import Console  # noqa: PLC0415 - slow to load, and for terminals only

    terminal.wipe()
    with watched(Console(stderr=True, highlight=False)) as tell:
        yield tell


def _is_news(event: Event) -> bool:
    """Whether it is worth a line that stays."""
    return event.first if isinstance(event, Underway) else not isinstance(event, Started)


@contextmanager
def watched(console: Console) -> Iterator[Callable[[Event], None]]:
    """The same on a console that can draw."""
    from rich.live import Live  # noqa: PLC0415 - as above
    from rich.text import Text  # noqa: PLC0415 - as above

    running: dict[tuple[str, str, str], tuple[Started, float]] = {}
    there: dict[tuple[str, str, str], Underway] = {}

    def text(lines: list[str]) -> Text:
        fitting = writable(visible("\n".join(lines)), console.encoding)
        return Text(fitting, no_wrap=True, overflow="ellipsis")

    def drawn() -> Text:
        return text(running_lines(tuple(running.values()), time.monotonic(), dict(there)))

    def tell(event: Event) -> None:
        match event:
            case Started(cell):
                running[cell.where] = (event, time.monotonic())
                live.refresh()
            case Underway(cell):
                there[cell.where] = event
                if event.first:
                    said = writable(visible(event_text(event)), console.encoding)
                    live.console.print(Text(said), soft_wrap=True)  # an address is used whole
            case Ended(one):
                running.pop(one.where, None)
                there.pop(one.where, None)
                live.refresh()  # else what has ended stays below the line that says so
                live.console.print(text([event_text(event), *_tail(one)]))
            case Priced():
                live.console.print(text([event_text(event)]))

    with Live(
        get_renderable=drawn,
        console=console,
        transient=True,
        refresh_per_second=_A_SECOND,
        redirect_stdout=False,
        redirect_stderr=False,
    ) as live:
        yield tell


def running_lines(
    running: tuple[tuple[Started, float], ...],
    now: float,
    there: Mapping[tuple[str, str, str], Underway] = MappingProxyType({}),
) -> list[str]:
    """A line for each build that runs; its start and `now` in seconds of one clock.

    `there` is what is known of builds elsewhere.
    """
    lines = []
    for started, begun in running:
        usual = f", usually {duration(started.usual)}" if started.usual is not None else ""
        known = there.get(started.cell.where)
        at = f"  {known.step}" if known else "  queued" if started.cell.runner else ""
        lines.append(f"{event_text(started)}  {duration(now - begun)}{usual}{at}")
    return lines


def _tail(one: CellResult) -> list[str]:
    if not one.verdict.is_red:
        return []
    return [f"    {line}" for line in last_lines(one.log, _LINES)]
