"""A store on top of another one: it has all that is there, and is thrown away with what it got.

There is one for all that a command tries: what one question made the next need not make again.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from stacker.git.alternates import lay_over
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.git.worktree import remove_tree

_KEPT = ("config", "shallow")  # what says how objects are named, and where history ends


def beside(store: ObjectStore) -> ObjectStore:
    """Such a store, which goes with `store`; the one below is only read. It has no refs."""
    found = store.companion(_Beside)
    found.follow()
    return found.store


class _Beside:
    """The store beside one, and its folder."""

    def __init__(self, store: ObjectStore) -> None:
        self._below = below = store.git.directory.resolve()
        self._folder = Path(tempfile.mkdtemp(prefix="stacker-beside-"))
        try:
            (self._folder / "refs").mkdir()
            lay_over(self._folder / "objects", below / "objects")
            head = self._folder / "HEAD"
            head.write_text("ref: refs/heads/none\n", encoding="ascii", newline="\n")
        except BaseException:
            remove_tree(self._folder)
            raise
        self.store = ObjectStore(Git(self._folder), store.facts)

    def follow(self) -> None:
        """Take over what a fetch may have changed below since."""
        for name in _KEPT:
            if (self._below / name).is_file():
                (self._folder / name).write_bytes((self._below / name).read_bytes())
            else:
                (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        """Throw it away."""
        self.store.close()
        remove_tree(self._folder)
