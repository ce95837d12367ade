"""Where in the plan's file something stands, for who is told to edit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.plan.problems import Source

if TYPE_CHECKING:
    from pathlib import Path as FilePath


def line_of_group(file: FilePath, name: str) -> int | None:
    """The line of a group's stages in a plan that was read; `None` when it is not there now."""
    try:
        source = Source(file.name, file.read_text(encoding="utf-8").replace("\r\n", "\n"))
        place = source.places.get(("groups", name, "stages"))
    except (OSError, ValueError):
        return None
    return source.problem(place.value, "", "").line if place is not None else None
