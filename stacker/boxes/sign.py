"""A box's sign of life: which platforms it builds, when it last looked at home, what it does now.

Everybody who may push to home may write one, so it is read with limits. What cannot be read says
nothing, as if it were not there.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FORMAT = 1
LONGEST = 1 << 14  # bytes of a sign
_TEXT, _WORD = 300, 60  # characters; of what names something, fewer are written
_PLATFORMS = 50
_LATEST = 253402300799  # seconds since 1970: the end of the year 9999
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST_NAME = 60

_QUIET = 2 * 3600  # seconds; a box that has nothing to do says so more often than this
_DAY = 24 * 3600
_BUILDS = _DAY  # a build may take long, and meanwhile nothing is said


class Doing(StrEnum):
    """What a box does."""

    IDLE = "idle"
    BUILDING = "building"
    WAITING = "waiting"  # for somebody to agree to the plan's commands
    TROUBLE = "trouble"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What the box named `box` said `at` some time, by its own clock, in seconds since 1970.

    `what` says more in words: the build, or what is wrong. `version` is that of the series which it
    had then, 0 for none; `looked_at` when it last read home; `stacker` the version of the program.
    """

    box: str
    host: str
    account: str
    platforms: tuple[str, ...]
    doing: Doing
    what: str
    version: int
    looked_at: int
    at: int
    stacker: str

    def silence(self, now: int) -> int | None:
        """For how many seconds it is silent; `None` while that is no reason to wonder.

        `now` is when home was last asked.
        """
        passed = now - self.at
        usual = _BUILDS if self.doing is Doing.BUILDING else _QUIET
        return passed if passed > usual else None


def silent_for(seconds: int) -> str:
    """A silence in words."""
    days, hours = seconds // _DAY, seconds // 3600
    return f"silent {days} days" if days > 1 else f"silent {hours} h"


def is_box(name: str) -> bool:
    """Whether a box may have that name: it is part of a ref, and shown."""
    return len(name) <= _LONGEST_NAME and _NAME.fullmatch(name) is not None


def box_name(host: str, mark: str) -> str:
    """The name of a box on the machine `host`; the `mark`, of hex digits, makes it the only one."""
    room = _LONGEST_NAME - len(mark) - 1
    plain = re.sub(r"[^a-z0-9]+", "-", host.lower())[:room].strip("-")
    return f"{plain}-{mark}" if plain else mark


def text_of(sign: Sign) -> bytes:
    """A sign as it is shared; whose it is says its place."""
    text = json.dumps(values_of(sign), sort_keys=True, indent=1, ensure_ascii=False)
    return text.encode() + b"\n"


def values_of(sign: Sign) -> dict[str, Any]:
    """A sign as plain values."""
    return {
        "format": FORMAT, "host": _fit(sign.host, _WORD),
        "account": _fit(sign.account, _WORD),
        "platforms": [_fit(name, _WORD) for name in sign.platforms[:_PLATFORMS]],
        "doing": str(sign.doing), "what": _fit(sign.what, _TEXT), "version": sign.version,
        "looked_at": sign.looked_at, "at": sign.at, "stacker": sign.stacker,
    }  # fmt: skip


def read(box: str, raw: bytes) -> Sign | None:
    """The sign of that box; `None` for what is none. Unknown fields are left alone."""
    if len(raw) > LONGEST or not is_box(box):
        return None
    try:
        return sign_in(box, json.loads(raw))
    except (ValueError, RecursionError):
        return None


def sign_in(box: str, values: dict[str, Any]) -> Sign | None:
    """The same out of plain values."""
    try:
        return _sign(box, values)
    except (ValueError, KeyError, TypeError):
        return None


def _sign(box: str, values: dict[str, Any]) -> Sign:
    platforms = values["platforms"]
    if values["format"] != FORMAT or not isinstance(platforms, list):
        raise ValueError("another form")
    if len(platforms) > _PLATFORMS:
        raise ValueError("too many platforms")
    return Sign(
        box=box, host=_text(values["host"]), account=_text(values["account"]),
        platforms=tuple(_text(name) for name in platforms),
        doing=Doing(values["doing"]), what=_text(values["what"]),
        version=_number(values["version"]), looked_at=_number(values["looked_at"]),
        at=_number(values["at"]), stacker=_text(values["stacker"]),
    )  # fmt: skip


def _text(value: object) -> str:
    """A text of one line."""
    if not isinstance(value, str) or len(value) > _TEXT:
        raise ValueError("a text is none")
    return " ".join(value.split())


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= _LATEST:
        raise ValueError("a number is none")
    return value


def _fit(text: str, most: int) -> str:
    """`text` as it can be read again, with all others in a sign."""
    return " ".join(text.encode("utf-8", "replace").decode().split())[:most]
