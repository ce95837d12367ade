"""What a `verify` will cost, said before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from stacker.verify.matrix import Cell


@dataclass(frozen=True, slots=True)
class Price:
    """How many builds, and about how long in seconds; None when nothing like them ever ran.

    `first` is what runs first, None when nothing does. `about` says that it may be a few more or
    less. `asked` are those that upstream's CI builds:
    the forge was asked for them, and they are in no other number.
    """

    to_run: int
    cached: int
    cannot: int
    seconds: float | None
    first: Cell | None
    about: bool = False
    asked: int = 0

    def __str__(self) -> str:
        about = "about " if self.about and self.to_run else ""
        said = [f"{about}{self.to_run} {'build' if self.to_run == 1 else 'builds'} to run"]
        if self.cached:
            said.append(f"{self.cached} cached")
        if self.asked:
            said.append(f"{self.asked} asked of the forge")
        if self.cannot:
            said.append(f"{self.cannot} cannot run here")
        if self.seconds is not None and self.to_run:
            said.append(f"about {duration(self.seconds)}")
        return ", ".join(said) + (f"; first: {_where(self.first)}" if self.first else "")


def price(
    cells: Sequence[Cell],
    known: Collection[str],
    usual_seconds: Callable[[str, str], float | None],
) -> Price:
    """The price of `cells` when there is evidence under the keys `known`.

    `usual_seconds(check, platform)` is how long that took before; what never ran is taken to
    need as long as the others do on average.
    """
    here = [cell for cell in cells if cell.ci is None]
    open_cells = [cell for cell in here if cell.key not in known]
    once: dict[str, Cell] = {}  # equal trees need one build
    for cell in open_cells:
        if not cell.cannot:
            once.setdefault(cell.key, cell)
    runnable = tuple(once.values())
    times = [usual_seconds(cell.check.name, cell.platform.name) for cell in runnable]
    measured = [time for time in times if time is not None]
    return Price(
        to_run=len(runnable),
        cached=len(here) - len(open_cells),
        cannot=sum(1 for cell in open_cells if cell.cannot),
        seconds=sum(measured) * len(times) / len(measured) if measured else None,
        first=runnable[0] if runnable else None,
        asked=len(cells) - len(here),
    )


def _where(cell: Cell) -> str:
    return f"tip of {cell.tip_of}" if cell.tip_of else str(cell.stage)


def duration(seconds: float) -> str:
    """A time for people: `40 s`, `12 min`, `1 h 50 min`."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {rest} min" if rest else f"{hours} h"
