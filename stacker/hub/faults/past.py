"""The hub as it was some changes ago: folders that can be served like the hub itself."""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.hub import state

if TYPE_CHECKING:
    from collections.abc import Callable

    from _typeshed.wsgi import WSGIApplication

    from stacker.hub.call import Site


class Past:
    """The moments before the last changes, as many as are asked for.

    A moment is the database and every ref of every repository; objects are borrowed.
    """

    def __init__(self, site: Site, open_hub: Callable[[Site], WSGIApplication]) -> None:
        self._site = site
        self._open = open_hub
        self._guard = threading.Lock()
        self._moments: deque[tempfile.TemporaryDirectory[str]] = deque()
        self._most = 0

    def keep(self, most: int) -> None:
        """Remember so many moments from now on; those that were remembered are forgotten."""
        with self._guard:
            self._most = most
            self._forget(0)

    def remember(self) -> None:
        """This is the moment before a change."""
        with self._guard:
            if self._most:
                self._moments.append(_copy(self._site.root))
                self._forget(self._most)

    def before(self, changes: int) -> WSGIApplication | None:
        """The hub before so many changes (at most those that are known); None: there were none."""
        with self._guard:
            if not self._moments:
                return None
            folder = Path(self._moments[-min(changes, len(self._moments))].name)
        return self._open(replace(self._site, root=folder))

    def _forget(self, left: int) -> None:
        while len(self._moments) > left:
            self._moments.popleft().cleanup()


def _copy(root: Path) -> tempfile.TemporaryDirectory[str]:
    # Not below the root: there each folder is somebody's.
    made = tempfile.TemporaryDirectory(prefix="stacker-hub-", ignore_cleanup_errors=True)
    to = Path(made.name)
    state.copy(root, to)
    for bare in root.glob("*/*.git"):
        place = to / bare.relative_to(root)
        (place / "objects" / "info").mkdir(parents=True)
        borrowed = (bare / "objects").as_posix()
        (place / "objects" / "info" / "alternates").write_text(f"{borrowed}\n", encoding="utf-8")
        shutil.copytree(bare / "refs", place / "refs")
        for name in ("HEAD", "config", "packed-refs"):
            if (bare / name).is_file():
                shutil.copy(bare / name, place / name)
    return made
