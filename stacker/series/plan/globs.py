"""Which files a glob of the plan names. Pure."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PIECES = re.compile(r"\*\*/|\*\*|\*|\?|[^*?]+")
_MEANING = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def matches(globs: Iterable[str], path: bytes) -> bool:
    """Whether a glob names `path` or a folder that it lies in.

    `*` and `?` stop at `/`, `**` does not; case counts.
    """
    text = path.decode("utf-8", "surrogateescape")
    return any(_pattern(glob).fullmatch(text) for glob in globs)


@lru_cache(1024)
def _pattern(glob: str) -> re.Pattern[str]:
    pieces = _PIECES.findall(glob.rstrip("/"))
    body = "".join(_MEANING.get(piece) or re.escape(piece) for piece in pieces)
    return re.compile(f"{body}(?:/.*)?", re.DOTALL)
