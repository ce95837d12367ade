"""Whether the tests that were skipped are those that a platform expects to be. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SHOWN = 3  # names of tests


@dataclass(frozen=True, slots=True)
class Judged:
    """Whether a run that passed stays so, and what is said of its tests."""

    passed: bool
    said: str


def judge(count: int, skipped: Sequence[str], expected: Iterable[str]) -> Judged:
    """What the skipped of `count` tests make of a run that passed.

    `expected` are globs over names of tests: `*` is any text and `?` any character.
    """
    if not count:
        return Judged(False, "its results tell of no test")
    globs = {glob: _pattern(glob) for glob in expected}
    wrong = [name for name in skipped if not any(p.fullmatch(name) for p in globs.values())]
    if wrong:
        more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
        return Judged(False, f"not expected to be skipped: {', '.join(wrong[:_SHOWN])}{more}")
    said = f"{count} test{'' if count == 1 else 's'}"
    said += f", {len(skipped)} skipped as expected" if skipped else ""
    idle = [glob for glob, p in globs.items() if not any(map(p.fullmatch, skipped))]
    return Judged(True, said + (f"; nothing was skipped for {', '.join(idle)}" if idle else ""))


@lru_cache(1024)
def _pattern(glob: str) -> re.Pattern[str]:
    pieces = re.split(r"([*?])", glob)
    meaning = {"*": ".*", "?": "."}
    return re.compile("".join(meaning.get(p) or re.escape(p) for p in pieces), re.DOTALL)
