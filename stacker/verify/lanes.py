"""Many lanes at once: which cell goes next, in a thread each, and how all of them end."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar, assert_never

from stacker.verify.course import Turn
from stacker.verify.lane import lane_name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Generator, Sequence

    from stacker.verify.matrix import Cell
    from stacker.verify.runner import Stop

Built = TypeVar("Built")
_BREATH = 0.5  # seconds after which a wait is begun again: on Windows Ctrl-C does not end one


def in_lanes(
    cells: Sequence[Cell],
    jobs: int,
    build: Callable[[Cell], Built],
    *,
    turn: Callable[[Cell], Turn],
    starting: Callable[[Cell], None],
    stop: Stop,
) -> Generator[tuple[Cell, Built], None, None]:
    """Build `cells`, at most `jobs` at once and one in a lane; each with what `build` made of it.

    `turn` says which may begin, and which never will. `starting` hears of each that begins, in the
    caller's thread. When the caller closes this or a build raises, `stop` is said, and all builds
    have ended before that is heard of.
    """
    waiting = list(cells)
    running: dict[Future[Built], Cell] = {}
    with ThreadPoolExecutor(jobs) as pool:
        try:
            while waiting or running:
                while (cell := _next(waiting, running.values(), jobs, turn)) is not None:
                    waiting.remove(cell)
                    starting(cell)
                    running[pool.submit(build, cell)] = cell
                assert running or not waiting, "checks do not need each other in a circle"
                for future in wait(running, _BREATH, FIRST_COMPLETED).done:
                    yield running.pop(future), future.result()
        finally:
            stop.say()


def _next(
    waiting: list[Cell], running: Collection[Cell], jobs: int, turn: Callable[[Cell], Turn]
) -> Cell | None:
    """The first cell whose turn it is and whose lane is free, if there is room for one more; those
    that never will be built are waited for no longer."""
    if len(running) >= jobs:
        return None
    busy = {lane_of(cell) for cell in running}
    for cell in list(waiting):
        if lane_of(cell) in busy:
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


def lane_of(cell: Cell) -> str:
    """The name of the cell's lane."""
    return lane_name(cell.platform.name, cell.check.name)
