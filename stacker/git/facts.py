"""What was learned of objects by their ids: it is so in every store that has them, for ever."""

from __future__ import annotations

from typing import Any, Generic, TypeVar, cast

About = TypeVar("About")
Fact = TypeVar("Fact")


class Kind(Generic[About, Fact]):
    """A kind of facts, made once by who learns them."""


class Facts:
    """All that was learned, by kind and by what it is about."""

    def __init__(self) -> None:
        self._known: dict[Kind[Any, Any], dict[Any, Any]] = {}

    def of(self, kind: Kind[About, Fact]) -> dict[About, Fact]:
        """All of one kind; who learns more puts it in."""
        return cast("dict[About, Fact]", self._known.setdefault(kind, {}))
