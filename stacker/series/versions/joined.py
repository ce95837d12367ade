"""What a step says of itself that joined our versions with home's: `undo` reads it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_WITH = re.compile(r"with v(\d{1,9}) of home(?:;|$)")


def joined(home: int, both_changed: Iterable[str]) -> str:
    """That it was joined with version `home` of home; whoever looks later hears of clashes, too."""
    said = ", ".join(" ".join(place.split()) for place in both_changed)
    return f"with v{home} of home{f'; both changed {said}' if said else ''}"


def joined_with(reason: str) -> int | None:
    """The version of home that a step joined; `None` if it did no such thing."""
    found = _WITH.match(reason)
    return int(found[1]) if found else None
