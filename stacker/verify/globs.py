"""Which of a tree's files a check's `paths` speak of."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.git.process import Git

_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(globs: Iterable[str], path: str) -> bool:
    """Whether a glob names `path` or a folder that it lies in.

    `*` and `?` stop at `/`, `**` does not; case counts.
    """
    return any(_pattern(glob).fullmatch(path) for glob in globs)


def _pattern(glob: str) -> re.Pattern[str]:
    pieces = _PIECES.findall(glob.rstrip("/"))
    body = "".join(_MEANING.get(piece) or re.escape(piece) for piece in pieces)
    return re.compile(f"{body}(?:/.*)?", re.DOTALL)


def filtered_tree(store: Git, tree: str, globs: Sequence[str]) -> str:
    """A digest, 64 hex digits, of only those files of `tree` that the globs name."""
    listing = store.run("ls-tree", "-r", "-z", "--full-tree", tree).split(b"\0")
    kept = [
        entry
        for entry in listing
        if entry and matches(globs, entry.partition(b"\t")[2].decode("utf-8", "surrogateescape"))
    ]
    return hashlib.sha256(b"\0".join(kept)).hexdigest()
