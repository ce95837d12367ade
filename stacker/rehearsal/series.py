"""The copy of a series directory, in which a rehearsal may write what it likes."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from stacker.rehearsal.copying import bare_over
from stacker.series.directory import SeriesDirectory

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.store import ObjectStore

# Of the store: where the series stands. What else is there is the copy's own.
_REFS = ("packed-refs", "refs")


def copy_series(directory: SeriesDirectory, store: ObjectStore, to: Path) -> SeriesDirectory:
    """Copy what people share, what is remembered here (evidence, the forge), and the refs.

    The objects stay where they are. To be called by who holds the directory.
    """
    copied = SeriesDirectory(to)
    for name, content in directory.files().items():
        path = to / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    bare_over(copied.store, store, "none")
    for path in directory.state.iterdir():
        # A landing that was begun is the real forge's; its pull request is not in the copy.
        if path.is_file() and not path.name.startswith("landings."):
            shutil.copy2(path, copied.state / path.name)
    for name in _REFS:
        source = store.git.directory / name
        if source.is_dir():
            shutil.copytree(source, copied.store / name, dirs_exist_ok=True)
        elif source.is_file():
            shutil.copy2(source, copied.store / name)
    return copied
