"""What a forge answered is not believed before its shape was checked here.

Every helper walks `path` through nested JSON objects and raises `ForgeError` where the answer is
not what it should be, so that an unreadable answer never becomes "nothing there".
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, TypeVar

from stacker.errors import ForgeError

if TYPE_CHECKING:
    from collections.abc import Mapping

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_LONGEST_SHOWN = 500
T = TypeVar("T")


def printable(text: str) -> str:
    """`text` with control, bidi and other invisible characters escaped, cut at 500 characters."""
    shown = "".join(
        char if char.isprintable() else f"\\u{{{ord(char):x}}}"
        for char in unicodedata.normalize("NFC", text[: _LONGEST_SHOWN + 1])
    )
    return shown if len(text) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def unreadable(path: tuple[str, ...], wanted: str, found: object) -> ForgeError:
    """The error for an answer that is not `wanted` at `path`."""
    where = ".".join(path) or "the answer"
    return ForgeError(
        f"the forge gave an answer that cannot be read: {printable(where)} should be {wanted}, "
        f"not {printable(repr(found)[:80])}",
        hint="Is this address the API of a GitHub or GitHub Enterprise server?",
    )


def at(data: object, *path: str) -> object:
    """What lies at `path`; an absent key is None, a non-object on the way is an error."""
    for depth, key in enumerate(path):
        if not isinstance(data, dict):
            raise unreadable(path[:depth], "an object", data)
        data = data.get(key)
    return data


def expect_str(data: object, *path: str) -> str:
    """The text at `path`."""
    found = at(data, *path)
    if not isinstance(found, str):
        raise unreadable(path, "a text", found)
    return found


def expect_int(data: object, *path: str) -> int:
    """The whole number at `path`."""
    found = at(data, *path)
    if not isinstance(found, int) or isinstance(found, bool):
        raise unreadable(path, "a number", found)
    return found


def expect_bool(data: object, *path: str) -> bool:
    """The truth value at `path`."""
    found = at(data, *path)
    if not isinstance(found, bool):
        raise unreadable(path, "true or false", found)
    return found


def expect_list(data: object, *path: str) -> list[object]:
    """The list at `path`."""
    found = at(data, *path)
    if not isinstance(found, list):
        raise unreadable(path, "a list", found)
    return found


def expect_oid(data: object, *path: str) -> str:
    """The object id at `path`: 40 or 64 lower-case hex digits."""
    found = expect_str(data, *path)
    if not _OID.fullmatch(found):
        raise unreadable(path, "an object id", found)
    return found


def expect_one_of(table: Mapping[str, T], data: object, *path: str) -> T:
    """The value that `table` has for the text at `path`."""
    found = expect_str(data, *path)
    if found not in table:
        raise unreadable(path, f"one of {', '.join(table)}", found)
    return table[found]


def optional_str(data: object, *path: str) -> str | None:
    """The text at `path`, or None where the answer has null or nothing on the way."""
    found = _optional(data, path)
    if found is not None and not isinstance(found, str):
        raise unreadable(path, "a text or null", found)
    return found


def optional_int(data: object, *path: str) -> int | None:
    """The whole number at `path`, or None where the answer has null or nothing on the way."""
    found = _optional(data, path)
    return None if found is None else expect_int({path[-1]: found}, path[-1])


def _optional(data: object, path: tuple[str, ...]) -> object:
    for depth, key in enumerate(path):
        if data is None:
            return None
        if not isinstance(data, dict):
            raise unreadable(path[:depth], "an object or null", data)
        data = data.get(key)
    return data
