"""Which commits have which folders: asked in few goes, and remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.replay.plan import Has
    from stacker.git.store import ObjectStore


class Folders:
    """Answers of one store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._known: dict[Has, bool] = {}

    def ask(self, asked: Iterable[Has]) -> None:
        """Learn all these at once."""
        # git could not be asked for a name with a line end; then it decides on whole trees.
        names = {has: f"{has[0]}:{_text(has[1])}" for has in asked}
        found = self._store.find_many(list(names.values()))
        for has, one in zip(names, found, strict=True):
            self._known[has] = one is not None and one[0] == "tree"

    def has(self, has: Has) -> bool:
        """Whether the commit has the folder."""
        if has not in self._known:
            self.ask([has])
        return self._known[has]


def _text(path: bytes) -> str:
    return path.decode("utf-8", "surrogateescape")
