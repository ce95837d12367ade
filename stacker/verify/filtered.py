"""What a check's `paths` leave of a tree."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from stacker.series.plan.globs import matches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.process import Git


def filtered_tree(store: Git, tree: str, globs: Sequence[str]) -> str:
    """A digest, 64 hex digits, of only those files of `tree` that the globs name."""
    listing = store.run("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0")
    kept = [entry for entry in listing if entry and matches(globs, entry.partition(b"\t")[2])]
    return hashlib.sha256(b"\0".join(kept)).hexdigest()
