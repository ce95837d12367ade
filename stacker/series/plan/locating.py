"""Where in the plan's file something stands, for who is told to edit it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.series.plan.problems import Source

if TYPE_CHECKING:
    from pathlib import Path as FilePath

    from stacker.series.plan.toml_places import Path


def line_of(file: FilePath, path: Path) -> int | None:
    """The line of the value at `path` in a plan that was read; `None` when it is not there now."""
    try:
        source = Source(file.name, file.read_text(encoding="utf-8").replace("\r\n", "\n"))
        place = source.places.get(path)
    except (OSError, ValueError):
        return None
    return source.problem(place.value, "", "").line if place is not None else None
