"""A series directory on disk: where its files are, reading them whole, replacing them safely."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import SeriesError
from stacker.series.exclusive import held
from stacker.series.own_state import refuse_committed

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAN, LOCK, RESOLUTIONS = "series.toml", "series.lock", "resolutions"
# What a version holds: everything that people read and share.
_FOLDERS = ("series", "patches", RESOLUTIONS)

_UNFINISHED = ".new-"
_FRESH = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

GITIGNORE = ".stacker/\n"
GITATTRIBUTES = """\
# Patches and resolutions are bytes: no checkout may convert their line ends.
patches/** -text
resolutions/** -text
*.lock text eol=lf
series/*.md text eol=lf
series.toml text eol=lf
"""


class PatchFile(NamedTuple):
    """One file of `patches/<stage>/`, whole."""

    name: str
    content: bytes


class SeriesDirectory(NamedTuple):
    """The paths of one series directory."""

    root: Path

    @classmethod
    def find(cls, start: Path) -> SeriesDirectory:
        """The series directory that `start` is in; raises `SeriesError` when there is none, or when
        its `.stacker` is not this machine's own."""
        found = cls.around(start)
        if found is None:
            raise SeriesError(
                f"no series.toml in {str(start.resolve())!r} or above it",
                hint="Make a series directory with `stacker init DIR --upstream OWNER/NAME`.",
            )
        return found

    @classmethod
    def around(cls, start: Path) -> SeriesDirectory | None:
        """The same; `None` when there is none."""
        start = start.resolve()
        for folder in (start, *start.parents):
            # What lies in `.stacker` is upstream's files, which may be a series of their own.
            if (folder / PLAN).is_file() and not _is_in_state(folder):
                refuse_committed(folder)
                return cls(folder)
        return None

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
        found = {}
        for name in (PLAN, LOCK):
            content = self.read(name)
            if content is not None:
                found[name] = content
        for folder in _FOLDERS:
            _gather(f"{self.root}{os.sep}{folder}", folder + "/", found)
        return found

    def read(self, name: str) -> bytes | None:
        """One of those files; `None` when it is not there."""
        path = self.root / name
        try:
            return _content(str(path))
        except OSError:
            if path.is_file():
                raise
            return None

    def replace(self, name: str, content: bytes | None) -> None:
        """Put `content` at `name` in one step; `None` removes the file.

        What everything hangs on, plan and lock, is on the disk when this returns. What lies in
        folders may come there later: the object store has it too (`ondisk.found`).
        """
        path = self.root / name
        if content is None:
            path.unlink(missing_ok=True)
            if path.parent != self.root:
                with suppress(OSError):  # there are other files in it
                    path.parent.rmdir()
            return
        write_atomically(path, content, by_way_of=self.state, durable="/" not in name)

    @contextmanager
    def exclusive(self, wait: float = 10.0) -> Iterator[None]:
        """Hold this directory for one command; after `wait` seconds raises `BusyError`."""
        self.state.mkdir(exist_ok=True)
        with held(self.state / "busy", wait):
            for left in self.state.glob(f"{_UNFINISHED}*"):  # by a command that was killed
                left.unlink()
            yield


def _is_in_state(folder: Path) -> bool:
    return any(x.name == ".stacker" and (x.parent / PLAN).is_file() for x in folder.parents)


def write_atomically(
    path: Path, content: bytes, *, by_way_of: Path | None = None, durable: bool = True
) -> None:
    """Replace the file `path` as one step; if `durable`, on disk before the name changes.

    The new file is begun in the folder `by_way_of` (of the same disk), so that a killed command
    leaves nothing among the files that people commit.
    """
    temporary, handle = _begin(by_way_of or path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(handle)
        try:
            temporary.replace(path)
        except FileNotFoundError:  # the folder is new
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _begin(folder: Path) -> tuple[Path, int]:
    """A new file in `folder`, and the handle to write it with."""
    for number in count():
        path = f"{folder}{os.sep}{_UNFINISHED}{os.getpid()}-{number}"
        try:
            return Path(path), os.open(path, _FRESH, 0o666)
        except FileNotFoundError:
            folder.mkdir(parents=True)
        except FileExistsError:  # another one of this process, or of a dead one
            continue
    raise AssertionError("numbers do not end")


def _gather(folder: str, prefix: str, found: dict[str, bytes]) -> None:
    """All files below `folder`, links left out; a series has thousands of them."""
    try:
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except (FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            _gather(entry.path, f"{prefix}{entry.name}/", found)
        elif entry.is_file(follow_symlinks=False):
            found[prefix + entry.name] = _content(entry.path)


def _content(path: str) -> bytes:
    with io.FileIO(path) as file:
        return file.readall()
