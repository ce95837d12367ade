"""What can be set: each key, what its value must be, and the variable that goes before the files.

Pure.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

# git looks for a file of that name among its tools and runs it.
_TOOL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


class Key(NamedTuple):
    """A key: `wanted` says in words what it takes, `read` gives its value or raises `ValueError`.

    `from_text` reads the variable `STACKER_KEY`; `None` where another one is usual (`NO_COLOR`).
    """

    wanted: str
    read: Callable[[object], Any]
    from_text: Callable[[str], object] | None = str


def _jobs(value: object) -> int:
    if type(value) is not int or not 1 <= value <= 1000:
        raise ValueError(value)
    return value


def _whole(text: str) -> object:
    return int(text) if text.isascii() and text.isdigit() else text


def _folder(value: object) -> Path:
    try:
        found = Path(_line(value)).expanduser()
    except RuntimeError as exc:  # nobody has that home
        raise ValueError(value) from exc
    if not found.is_absolute():
        raise ValueError(value)
    return found


def _line(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(value)
    return value


def _tool(value: object) -> str:
    if not isinstance(value, str) or not _TOOL.fullmatch(value):
        raise ValueError(value)
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


KEYS = {
    "work": Key('an absolute path, as "~/builds"', _folder),
    "jobs": Key("a whole number from 1 to 1000", _jobs, _whole),
    "editor": Key('a command on one line, as "code --wait"', _line),
    "merge_tool": Key('the name of one of git\'s merge tools, as "meld"', _tool),
    "colour": Key("true or false", _switch, None),
}
