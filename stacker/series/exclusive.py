"""One command at a time: a file that is held, and let go of by the system whatever happens."""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stacker.errors import BusyError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PAUSE = 0.05  # seconds


@contextmanager
def held(path: Path, wait: float) -> Iterator[None]:
    """Hold the file `path`, made when it is not there; after `wait` seconds raises `BusyError`."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        latest = time.monotonic() + wait
        while not _take(handle):
            if time.monotonic() > latest:
                raise BusyError(
                    "another stacker works on this series",
                    hint="Wait for it to end, then run this again.",
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)  # which lets go of it


if sys.platform == "win32":
    import msvcrt

    def _take(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _take(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
