"""What the boxes said when home was last read: a file of this clone, for those who only look."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.boxes.sign import is_box, sign_in, values_of
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.boxes.sign import Sign

_FILE = "boxes.json"
_SKEW = 120  # seconds that clocks may differ without a word


@dataclass(frozen=True, slots=True)
class Known:
    """The signs of all boxes, by name; `read_at` is when home was asked, in seconds since 1970."""

    read_at: int
    signs: tuple[Sign, ...]

    def of(self, platform: str) -> list[Sign]:
        """The boxes for a platform, the liveliest first; who claims to be of tomorrow is last."""
        signs = [one for one in self.signs if platform in one.platforms]
        latest = self.read_at + _SKEW
        return sorted(signs, key=lambda one: (one.at <= latest, one.at), reverse=True)


NOBODY = Known(0, ())


def write(state: Path, known: Known) -> None:
    """Remember it in `state`, the series' `.stacker`; where no box ever was, no file is made."""
    if not known.signs and not (state / _FILE).exists():
        return
    values = {"read_at": known.read_at, "boxes": {one.box: values_of(one) for one in known.signs}}
    write_atomically(state / _FILE, json.dumps(values).encode() + b"\n", durable=False)


def read(state: Path) -> Known:
    """What is remembered there."""
    try:
        values = json.loads((state / _FILE).read_bytes())
        found = [sign_in(str(box), one) for box, one in values["boxes"].items() if is_box(box)]
        return Known(int(values["read_at"]), tuple(one for one in found if one is not None))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return NOBODY
