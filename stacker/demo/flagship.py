"""The flagship series as data: its files, wherever this stacker is installed."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

from stacker.errors import SeriesError

_FILES = ("series.toml", "series.lock")
_FOLDERS = ("series", "patches")


def copy_to(folder: Path) -> None:
    """Make `folder` a copy of the flagship's series directory."""
    with as_file(files("stacker.demo") / "flagship") as packaged:
        source = packaged if packaged.is_dir() else Path(__file__).parents[2]
        if not all((source / name).exists() for name in (*_FILES, *_FOLDERS)):
            raise SeriesError(
                "this installation lacks the flagship series", hint="Install stacker anew."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            shutil.copyfile(source / name, folder / name)
        for name in _FOLDERS:
            shutil.copytree(source / name, folder / name)


def resolution() -> tuple[str, bytes]:
    """(path, content): how the one conflict of the demo is solved by hand."""
    path = "Modules/_ctypes/callproc.c"
    return path, (files("stacker.demo") / "miniature" / "resolution" / path).read_bytes()
