"""Bisecting a line of commits, in which things may break, be mended and break again. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def first_stop(count: int, likely: Sequence[int], stops: Callable[[int], bool]) -> int:
    """A place in `range(count)` that stops while the one before it goes through.

    Place -1, before the first, is taken to go through; the last one is known to stop. Where it
    goes back and forth there are several such places, and one of them is found. `likely` are the
    places, ascending, where something may have changed; if that is right, few tries are needed,
    and if it is wrong, there are still at most ceil(log2 count) + 1.
    """
    low, high = -1, count - 1  # goes through, stops
    room = 1 << (count - 1).bit_length()  # what one more try may leave to look through
    while high - low > 1:
        here = _next(low, high, likely)
        here = min(max(here, high - room, low + 1), low + room, high - 1)
        if stops(here):
            high = here
        else:
            low = here
        room = max(1, room // 2)
    return high


def _next(low: int, high: int, likely: Sequence[int]) -> int:
    """The place that decides most, if things change only at `likely` ones."""
    inside = [place for place in likely if low < place <= high]
    match inside:
        case []:
            return (low + high) // 2
        case [place]:  # it and the one before: first the try that should leave less
            after, before = place - low, high - place
            return place if before and (after <= before or place - 1 == low) else place - 1
        case _:
            return inside[(len(inside) - 1) // 2]
