"""A rehearsal: read what the real forge has, copy it into a hub of its own, let somebody act."""

from __future__ import annotations

import secrets
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.process import Credential
from stacker.hub.copied import lay_out
from stacker.hub.server import User, start
from stacker.rehearsal.copying import MAINTAINER, copy_forge
from stacker.rehearsal.original import read
from stacker.rehearsal.series import copy_series
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.workspace import Upstream, open_store

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stacker.git.transfer import Told
    from stacker.rehearsal.original import OriginalForge, Spot
    from stacker.series.workspace import Workspace

_FOLDER = "rehearsal"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A copy of the series on a hub that runs at `url` over `root`; `token` opens nothing else, and
    neither does `maintainer`, that of somebody who plays upstream's."""

    work: Workspace
    url: str
    root: Path
    token: str
    maintainer: str

    def __repr__(self) -> str:
        return f"Rehearsal(url={self.url!r}, token=<hidden>)"


@contextmanager
def rehearsal(
    work: Workspace, spots: Sequence[Spot], forge: OriginalForge, told: Told | None = None
) -> Iterator[Rehearsal]:
    """Copy series and forge; what is done there stays in `.stacker/rehearsal` until the next one.

    Nothing is written to the forge, and nothing to the series directory beside that folder.
    """
    folder = work.directory.state / _FOLDER
    _clear(folder)
    raw = work.directory.read("series.lock")
    lock = parse_lock(raw) if raw is not None else Lock()
    login, here = forge.whoami(), work.store.git.directory
    originals = [read(spot, work.plan, lock, forge, here) for spot in spots]
    root = folder / "hub"
    lay_out(root, [copy_forge(root, one, login, work.store, told) for one in originals])
    copied = copy_series(work.directory, work.store, folder / "series")
    token, maintainer = secrets.token_urlsafe(), secrets.token_urlsafe()
    people = [User(login, token), User(MAINTAINER, maintainer)]
    with start(root, people) as hub, open_store(copied.store) as store:
        upstreams = dict(work.upstreams)
        for spot in spots:
            there = Upstream(
                spot.name, f"{hub.url}/{spot.upstream}.git", upstreams[spot.name].branch,
                Credential(hub.url, token),
            )  # fmt: skip
            upstreams[spot.name] = there
        yield Rehearsal(
            work._replace(directory=copied, store=store, upstreams=upstreams), hub.url, root, token,
            maintainer,
        )  # fmt: skip


def _clear(folder: Path) -> None:
    """Remove the last rehearsal; git makes objects read-only, and Windows removes no such file."""
    for path in folder.glob("**/objects/*/*"):
        path.chmod(0o600)
    if folder.exists():
        shutil.rmtree(folder)
