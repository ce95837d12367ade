"""A path's parts, as trees have them: bytes, with slashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def folders_above(path: bytes) -> Iterator[bytes]:
    """The folders that hold `path`, topmost first, without the root."""
    at = path.find(b"/")
    while at >= 0:
        yield path[:at]
        at = path.find(b"/", at + 1)


def name_of(path: bytes) -> bytes:
    """A path's last part."""
    return path.rpartition(b"/")[2]


def shown(path: bytes) -> str:
    """A path for people; bytes that are no UTF-8 are escaped."""
    return path.decode("utf-8", "backslashreplace")
