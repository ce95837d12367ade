"""What many tests begin with is made once; each finds it as it was made, and where it was made."""

from __future__ import annotations

import copy
import shutil
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

Made = TypeVar("Made")


class Once:
    """Keeps folders as they were made, and puts them back at the same path.

    So what they say of each other holds. What a test left there is moved aside, to be looked at.
    """

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._kept: dict[str, tuple[Path, object]] = {}
        self._asked = 0

    def __call__(self, name: str, make: Callable[[Path], Made]) -> Made:
        """What `make(folder)` gave, the first time that somebody asked for `name`."""
        if name not in self._kept:
            place = self._factory.mktemp("once")
            (place / "here").mkdir()
            self._kept[name] = place, make(place / "here")
            (place / "here").rename(place / "kept")
        place, made = self._kept[name]
        self._asked += 1
        if (place / "here").exists():
            (place / "here").rename(place / f"left{self._asked}")
        shutil.copytree(place / "kept", place / "here", symlinks=True)
        return copy.deepcopy(made)  # type: ignore[return-value]
