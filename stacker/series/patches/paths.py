"""Which paths mean another file, or no file, on Windows; and which are one where case is no matter.

Only what Windows would take for something else is of interest: a device, a stream of another
file, a folder, another name. What it merely cannot create (`*`, `"`, a tab) fails there with
words. What looks like `.git` is refused by git itself, on every system.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from stacker.series.plan.naming import RESERVED_ON_WINDOWS, same_file

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLAIN = re.compile(rb"(?:\w[\w+-]*(?:\.[\w+-]+)*/)*\w[\w+-]*(?:\.[\w+-]+)*")


def wrong_on_windows(path: bytes) -> str | None:
    """What Windows makes of `path` (`/` between folders), in words; `None` if it is that file."""
    for part in path.split(b"/"):
        name = part.decode("utf-8", "replace")
        if "\\" in name:
            return "is a file in a folder on Windows, for it has a backslash"
        if ":" in name:
            return "is a stream of another file on Windows, for it has a colon"
        if name.endswith((".", " ")):
            return f"is another file on Windows, which drops the {name[-1]!r} at the end of a name"
        if name.partition(".")[0].rstrip(" ").lower() in RESERVED_ON_WINDOWS:
            return f"is no file on Windows: {name!r} is a device there"
    return None


def is_plain(path: bytes) -> bool:
    """Whether nobody need judge `path`: letters, digits, and a few signs that mean nothing."""
    return _PLAIN.fullmatch(path) is not None


@lru_cache(4096)
def folded(name: bytes) -> str:
    """Equal for two names that are one where case, or the form of an accent, does not matter."""
    return same_file(name.decode("utf-8", "surrogateescape"))


def twins(paths: Iterable[bytes]) -> tuple[bytes, bytes] | None:
    """The first two files or folders among `paths` that are one where case does not matter."""
    seen: dict[tuple[str, ...], bytes] = {}
    for path in paths:
        parts, key = path.split(b"/"), tuple[str, ...]()
        for depth, part in enumerate(parts, 1):
            key = (*key, folded(part))
            here = b"/".join(parts[:depth])
            if seen.setdefault(key, here) != here:
                return seen[key], here
    return None


def shown(path: bytes) -> str:
    """`path` for people; what cannot be seen, or is no text, is written out."""
    text = path.decode("utf-8", "backslashreplace")
    return text if text.isprintable() else repr(text)
