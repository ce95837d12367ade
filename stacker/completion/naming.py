"""The names in a plan, read in no time and without a word about what is wrong with it."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")  # what a shell takes for one plain word


def names_at(folder: Path, kind: str) -> Sequence[str]:
    """The ids of stages (`stage`) or the names of groups (`group`) of the series at `folder`."""
    import tomllib  # noqa: PLC0415 - most words are no names

    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        start = folder.resolve()
        plans = [one / "series.toml" for one in (start, *start.parents)]
        plan = next((file for file in plans if file.is_file()), plans[0])
        read = tomllib.loads(plan.read_text(encoding="utf-8"))
        found = [one["id"] for one in read["stages"]] if kind == "stage" else list(read["groups"])
        return [name for name in found if _NAME.fullmatch(name)]
    return ()
