"""A series directory on disk: where its files are, reading them whole, replacing them safely."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from stacker.errors import BusyError, SeriesError

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN, LOCK = "series.toml", "series.lock"
# What a version holds: everything that people read and share.
_FOLDERS = ("series", "patches", "resolutions")

_UNFINISHED = ".new-"

GITIGNORE = ".stacker/\n"
GITATTRIBUTES = """\
# Patches and resolutions are bytes: no checkout may convert their line ends.
patches/** -text
resolutions/** -text
*.lock text eol=lf
series/*.md text eol=lf
series.toml text eol=lf
"""


@dataclass(frozen=True, slots=True)
class PatchFile:
    """One file of `patches/<stage>/`, whole."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SeriesDirectory:
    """The paths of one series directory."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> SeriesDirectory:
        """The series directory that `start` is in; raises `SeriesError` when there is none."""
        start = start.resolve()
        for folder in (start, *start.parents):
            if (folder / PLAN).is_file():
                return cls(folder)
        raise SeriesError(
            f"no series.toml in {str(start)!r} or above it",
            hint="Make a series directory with `stacker init DIR --upstream OWNER/NAME`.",
        )

    @property
    def plan_file(self) -> Path:
        """The plan, `series.toml`."""
        return self.root / PLAN

    @property
    def lock_file(self) -> Path:
        """What the tool knows, `series.lock`."""
        return self.root / LOCK

    @property
    def state(self) -> Path:
        """What is not committed, `.stacker/`."""
        return self.root / ".stacker"

    @property
    def store(self) -> Path:
        """The git directory that holds all objects."""
        return self.state / "store.git"

    def patches(self, stage: str) -> tuple[PatchFile, ...]:
        """The patch files of `stage`, in the order of their names."""
        folder = self.root / "patches" / stage
        if not folder.is_dir():
            return ()
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".patch")
        return tuple(PatchFile(name, (folder / name).read_bytes()) for name in names)

    def patch_folders(self) -> tuple[str, ...]:
        """The stage ids that have a folder of patches."""
        folder = self.root / "patches"
        return (
            tuple(sorted(p.name for p in folder.iterdir() if p.is_dir())) if folder.is_dir() else ()
        )

    def files(self) -> dict[str, bytes]:
        """Everything that a version holds, by path with forward slashes."""
        found = {
            name: (self.root / name).read_bytes()
            for name in (PLAN, LOCK)
            if (self.root / name).is_file()
        }
        for folder in _FOLDERS:
            for path in sorted((self.root / folder).rglob("*")):
                if path.is_file() and not path.is_symlink():
                    found[path.relative_to(self.root).as_posix()] = path.read_bytes()
        return found

    def read(self, name: str) -> bytes | None:
        """One of those files; `None` when it is not there."""
        path = self.root / name
        return path.read_bytes() if path.is_file() else None

    def replace(self, name: str, content: bytes | None) -> None:
        """Put `content` at `name` in one step; `None` removes the file."""
        path = self.root / name
        if content is None:
            path.unlink(missing_ok=True)
            if path.parent != self.root and not any(path.parent.iterdir()):
                path.parent.rmdir()
            return
        write_atomically(path, content, by_way_of=self.state)

    @contextmanager
    def exclusive(self, wait: float = 10.0) -> Iterator[None]:
        """Hold this directory for one command; after `wait` seconds raises `BusyError`."""
        self.state.mkdir(exist_ok=True)
        guard = FileLock(self.state / "busy")
        try:
            guard.acquire(timeout=wait)
        except Timeout as exc:
            raise BusyError(
                "another stacker works on this series",
                hint="Wait for it to end, then run this again.",
            ) from exc
        try:
            for left in self.state.glob(f"{_UNFINISHED}*"):  # by a command that was killed
                left.unlink()
            yield
        finally:
            guard.release()


def write_atomically(path: Path, content: bytes, *, by_way_of: Path | None = None) -> None:
    """Replace the file `path` as one step, on disk before the name changes.

    The new file is begun in the folder `by_way_of` (of the same disk), so that a killed command
    leaves nothing among the files that people commit.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=_UNFINISHED, dir=by_way_of or path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
