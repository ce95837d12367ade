"""Object folders on top of others: what is below is read, and never written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def lay_over(objects: Path, below: Path) -> None:
    """Make the object folder `objects`, which has all that the one `below` has."""
    (objects / "info").mkdir(parents=True)
    (objects / "pack").mkdir()
    line = str(below.resolve()).replace("\\", "/") + "\n"
    (objects / "info" / "alternates").write_text(line, "utf-8", newline="\n")
