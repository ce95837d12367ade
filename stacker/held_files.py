"""Files that another process has open: on Windows nobody may replace or remove them meanwhile.

A scanner, an editor or a dying process lets go in a moment. Elsewhere nothing here ever waits.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAUSES = (0.02, 0.1, 0.4, 1.5)
"""Seconds to wait before each further try: about two in all."""

# What Windows says: access denied, a sharing violation, a lock violation.
_HELD = frozenset({5, 32, 33})


def is_held(exc: OSError) -> bool:
    """Whether Windows refused because of another process, or may have."""
    return getattr(exc, "winerror", None) in _HELD


def patiently(act: Callable[[], object], wait: Callable[[float], None] = time.sleep) -> None:
    """Do `act`; again, a few times, as long as somebody else holds what it needs."""
    for pause in PAUSES:
        try:
            act()
        except OSError as exc:
            if not is_held(exc):
                raise
        else:
            return
        wait(pause)
    act()


def replace(source: Path, target: Path) -> None:
    """Give the file or folder `source` the name `target`, whose file is gone then."""
    patiently(partial(source.replace, target))


def remove(path: Path) -> None:
    """Remove a file; nothing there is fine."""
    patiently(partial(path.unlink, missing_ok=True))
