"""Patches written to files outside the series: nothing of somebody else's is overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.series.directory import SeriesDirectory

ORDER = "series"
"""The file of a quilt directory that names its patches in order."""

_OURS = ("patches", "series", "resolutions", ".stacker", ".git", "series.toml", "series.lock")


def require_file(directory: SeriesDirectory, file: Path, *, force: bool) -> None:
    """Raise `UsageError` unless `file` may be written."""
    _refuse_ours(directory, file)
    if file.is_dir():
        raise UsageError(f"{str(file)!r} is a folder", hint="Name a file.")
    if file.exists() and not force:
        raise UsageError(f"{str(file)!r} is there already", hint="`--force` replaces it.")


def require_folder(directory: SeriesDirectory, folder: Path, *, force: bool) -> None:
    """Raise `UsageError` unless patches may be written into `folder`."""
    _refuse_ours(directory, folder)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{str(folder)!r} is a file", hint="Name a folder.")
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise UsageError(
            f"{str(folder)!r} is not empty",
            hint=f"`--force` replaces its *.patch files and its file {ORDER}, and nothing else.",
        )


def fill(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files` into `folder`, made if need be; patches that were in it go."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in (*folder.glob("*.patch"), folder / ORDER):
        if old.name not in files and (old.is_file() or old.is_symlink()):
            old.unlink()
    for name, content in files.items():
        write_atomically(folder / name, content, durable=False)


def _refuse_ours(directory: SeriesDirectory, path: Path) -> None:
    target = path.resolve()
    for name in _OURS:
        if target.is_relative_to((directory.root / name).resolve()):
            raise UsageError(
                f"{str(path)!r} belongs to the series itself", hint="Name another place."
            )
    if target == directory.root.resolve():
        raise UsageError("that is the series directory itself", hint="Name another folder.")
