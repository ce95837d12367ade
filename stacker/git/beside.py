"""A store on top of another one: it has all that is there, and is thrown away with what it got."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.git.alternates import lay_over
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.git.worktree import remove_tree

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEPT = ("config", "shallow")  # what says how objects are named, and where history ends


@contextmanager
def beside(store: ObjectStore) -> Iterator[ObjectStore]:
    """Such a store; the one below is only read. It has no refs."""
    below = store.git.directory.resolve()
    folder = Path(tempfile.mkdtemp(prefix="stacker-beside-"))
    try:
        (folder / "refs").mkdir()
        lay_over(folder / "objects", below / "objects")
        (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="ascii", newline="\n")
        for name in _KEPT:
            if (below / name).is_file():
                (folder / name).write_bytes((below / name).read_bytes())
        with ObjectStore(Git(folder)) as above:
            yield above
    finally:
        remove_tree(folder)
