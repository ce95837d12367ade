"""What works beside a store and is worth keeping: processes, folders with what they made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable


class Companion(Protocol):
    """One of them."""

    def close(self) -> None:
        """End it."""
        ...


Of = TypeVar("Of")
Made = TypeVar("Made", bound=Companion)


class Companions:
    """Those of one store, each made when it is first asked for."""

    def __init__(self) -> None:
        self._made: dict[object, Companion] = {}

    def get(self, make: Callable[[Of], Made], of: Of) -> Made:
        """What `make` gives for its store `of`."""
        if make not in self._made:
            self._made[make] = make(of)
        return cast("Made", self._made[make])

    def close(self) -> None:
        """End all of them, the youngest first."""
        while self._made:
            self._made.popitem()[1].close()
