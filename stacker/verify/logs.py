"""What checks wrote: a file each, for people; packed after a day, and not kept for ever."""

from __future__ import annotations

import gzip
import hashlib
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from stacker import held_files

if TYPE_CHECKING:
    from collections.abc import Iterator

_WINDOW = 16_384  # bytes from the end of a log; more is never shown
_DAY = 86_400.0  # seconds
_PLAIN = _DAY
_OLDEST = 90 * _DAY
_MOST = 500 << 20  # bytes of all logs together


def found_log(log: Path) -> str:
    """Where what was written to `log` is now; empty when it is gone."""
    return next((str(path) for path in (log, _packed(log)) if path.exists()), "")


def digest_of(log: Path) -> str:
    """The SHA-256 of a log."""
    with log.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def last_lines(log: str, count: int) -> tuple[str, ...]:
    """The last `count` lines of the log at path `log` that are not empty; none without a log.

    Bytes that are no UTF-8 are escaped; other control characters are the terminal's matter.
    """
    if not log or not Path(log).is_file():
        return ()
    text = _end_of(Path(log)).decode("utf-8", "backslashreplace")
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    return tuple([line for line in lines if line][-count:])


def tidy_logs(folder: Path, now: float) -> None:
    """Pack the logs of yesterday, remove what is old and, oldest first, what is too much.

    A log that cannot be touched now (somebody reads it, on Windows) is left for the next time.
    """
    for path in list(folder.glob("*.part")):  # of one that was killed
        path.unlink(missing_ok=True)
    for path in list(folder.glob("*.log")):
        if now - path.stat().st_mtime > _PLAIN:
            with suppress(OSError):
                _pack(path)
    room = _MOST
    for path, size, at in _newest_first(folder):
        room -= size
        if room < 0 or now - at > _OLDEST:
            with suppress(OSError):
                path.unlink()


def _newest_first(folder: Path) -> Iterator[tuple[Path, int, float]]:
    """Each log with its size and the time it was written."""
    found = [(path, path.stat()) for path in folder.glob("*.log*")]
    for path, stat in sorted(found, key=lambda one: -one[1].st_mtime):
        yield path, stat.st_size, stat.st_mtime


def _pack(log: Path) -> None:
    """Put the log into a packed file beside it, which then replaces it."""
    part = log.with_suffix(".part")
    with log.open("rb") as plain, gzip.open(part, "wb") as packed:
        shutil.copyfileobj(plain, packed)
    shutil.copystat(log, part)
    held_files.replace(part, _packed(log))
    held_files.remove(log)


def _packed(log: Path) -> Path:
    return log.with_name(f"{log.name}.gz")


def _end_of(log: Path) -> bytes:
    if log.suffix == ".gz":
        end = b""
        with gzip.open(log) as file:
            while part := file.read(_WINDOW):
                end = (end + part)[-_WINDOW:]
        return end
    with log.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _WINDOW))
        return file.read()
