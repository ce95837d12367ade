"""A site: where cells are built, so many at once, and of one lane one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from stacker.verify.matrix import Cell

Built = TypeVar("Built")


class Site(Generic[Built]):
    """Builds at most `most` cells at once, each in a thread that runs `build`; close it.

    Cells with the same `lane_of` wait for each other.
    """

    def __init__(
        self, build: Callable[[Cell], Built], most: int, lane_of: Callable[[Cell], str]
    ) -> None:
        self._build, self._most, self._lane_of = build, most, lane_of
        self._pool = ThreadPoolExecutor(most)
        self._running: dict[Future[Built], str] = {}

    def has_room(self, cell: Cell) -> bool:
        """Whether the cell could begin now."""
        self._running = {one: lane for one, lane in self._running.items() if not one.done()}
        busy = self._running.values()
        return len(busy) < self._most and self._lane_of(cell) not in busy

    def begin(self, cell: Cell) -> Future[Built]:
        """Begin to build it."""
        future = self._pool.submit(self._build, cell)
        self._running[future] = self._lane_of(cell)
        return future

    def close(self) -> None:
        """Wait until all that runs has ended."""
        self._pool.shutdown()
