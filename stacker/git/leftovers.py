"""What a git that was killed leaves in a store: locks that nobody holds, files that are no objects.

git removes neither by itself, and stops at a lock for ever.
"""

from __future__ import annotations

import time
from contextlib import suppress
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Seconds. git holds a lock of such a store for milliseconds, but may take long over a pack; it
# may still be at it when the command that started it is dead.
_LOCK_AGE, _FILE_AGE = 10.0, 3600.0


def remove_lock(store: Path, ref: str) -> None:
    """Remove the lock of `ref`, which a git that is known to be dead may have left."""
    (store / f"{ref}.lock").unlink(missing_ok=True)


def remove_leftovers(store: Path) -> None:
    """Remove what is too old to be in use from the git directory `store`; it need not be there.

    To be called by who holds the series, so that no command is at work.
    """
    refs = store / "refs" / "stacker"
    locks = chain(store.glob("*.lock"), refs.rglob("*.lock"))
    files = (store / "objects" / "pack").glob("tmp_*")
    for found, age in ((locks, _LOCK_AGE), (files, _FILE_AGE)):
        for path in found:
            with suppress(OSError):  # then git will say so
                if time.time() - path.stat().st_mtime > age:
                    path.unlink()
