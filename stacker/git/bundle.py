"""A bundle: commits as one file, for whoever has the commit that they stand on.

Format: git's `gitformat-bundle`. The objects are packed anew and whole, so that the file's bytes
follow from the commits, and not from how this store happens to keep them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.process import Git

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_WHOLE = ("--no-reuse-delta", "--no-reuse-object", "--no-use-bitmap-index", "--window=0")
_SAME = ("--threads=1", "--compression=9")


class Bundle(NamedTuple):
    """The commits of `tip` that `base` does not have, as the branch `ref` (a full name)."""

    ref: str
    tip: Oid
    base: Oid

    @property
    def head(self) -> bytes:
        """The file's first lines, which alone say what is in it."""
        long = len(self.tip) == 64
        first = "# v3 git bundle\n@object-format=sha256" if long else "# v2 git bundle"
        return f"{first}\n-{self.base} \n{self.tip} {self.ref}\n\n".encode()


def bundled(store: ObjectStore, what: Bundle) -> bytes:
    """The whole file."""
    asked = f"{what.tip}\n^{what.base}\n".encode("ascii")
    pack = store.git.run("pack-objects", "--stdout", "--revs", "-q", *_WHOLE, *_SAME, stdin=asked)
    return what.head + pack


def verify(store: ObjectStore, file: Path) -> None:
    """Have git say that the bundle is whole; raises `GitError`."""
    Git(store.git.directory).run("bundle", "verify", str(file.resolve()))
