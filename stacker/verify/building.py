"""Many builds at once: which cell goes next, at which site, and how all of them end."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, TypeVar, assert_never

from stacker.verify.course import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from stacker.verify.matrix import Cell
    from stacker.verify.runner import Stop
    from stacker.verify.site import Site

Built = TypeVar("Built")
_BREATH = 0.5  # seconds after which a wait is begun again: on Windows Ctrl-C does not end one


def built(
    cells: Sequence[Cell],
    sites: Mapping[str, Site[Built]],
    *,
    turn: Callable[[Cell], Turn],
    starting: Callable[[Cell], None],
    stop: Stop,
) -> Generator[tuple[Cell, Built], None, None]:
    """Build `cells`, each at the site of its platform's runner; each with what came of it.

    `turn` says which may begin, and which never will. `starting` hears of each that begins, in the
    caller's thread. When the caller closes this or a build raises, `stop` is said, and all builds
    have ended before that is heard of.
    """
    waiting = list(cells)
    running: dict[Future[Built], Cell] = {}
    try:
        while waiting or running:
            while (cell := _next(waiting, sites, turn)) is not None:
                waiting.remove(cell)
                starting(cell)
                running[sites[cell.runner].begin(cell)] = cell
            assert running or not waiting, "checks do not need each other in a circle"
            for future in wait(running, _BREATH, FIRST_COMPLETED).done:
                yield running.pop(future), future.result()
    finally:
        stop.say()
        for site in sites.values():
            site.close()


def _next(
    waiting: list[Cell], sites: Mapping[str, Site[Built]], turn: Callable[[Cell], Turn]
) -> Cell | None:
    """The first cell whose turn it is and for which there is room; those that never will be built
    are waited for no longer."""
    for cell in list(waiting):
        if not sites[cell.runner].has_room(cell):
            continue
        match turn(cell):
            case Turn.NOW:
                return cell
            case Turn.NEVER:
                waiting.remove(cell)
            case Turn.LATER:
                pass
            case never:
                assert_never(never)
    return None
