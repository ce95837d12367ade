"""A throw-away store beside another one: it sees all of that, and leaves nothing in it."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stacker.git.process import Git
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def scratch(store: ObjectStore) -> Iterator[ObjectStore]:
    """A store in which whatever `store` has can be read; what is written there is gone at the end.

    Who only looks needs no lock, then, and fills no disk.
    """
    below = store.git.directory.absolute() / "objects"
    with TemporaryDirectory(prefix="stacker-") as folder:
        git = Git(Path(folder))
        git.run(
            "init", "-q", "--bare", "--template=", "-b", "none",
            f"--object-format={store.algorithm}", ".",
        )  # fmt: skip
        known = git.directory / "objects" / "info" / "alternates"
        known.parent.mkdir(exist_ok=True)
        known.write_text(f"{below.as_posix()}\n", encoding="utf-8", newline="\n")
        with ObjectStore(git) as own:
            yield own
