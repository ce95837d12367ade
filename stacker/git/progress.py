"""git's progress lines, read by GitPython; loaded only by what fetches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from git.util import RemoteProgress

if TYPE_CHECKING:
    from collections.abc import Callable


class Progress(RemoteProgress):
    """Tells on what git says; keeps its error lines.

    `stop` is called, once, when it turns out that more than `most` objects are meant.
    """

    __slots__ = ("_most", "_told", "stop", "stopped")

    def __init__(self, told: Callable[[str, int, int], None] | None, most: int | None) -> None:
        super().__init__()
        self._told, self._most = told, most
        self.stop: Callable[[], None] | None = None
        self.stopped = False

    def line_dropped(self, line: str) -> None:
        """What GitPython has no word for: git counts before it knows how many there are."""
        found = _ENUMERATING.search(line)
        if found is not None:
            self._count("counting", int(found[1]), 0)

    def _count(self, what: str, done: int, total: int) -> None:
        if self._most is not None and max(done, total) > self._most and not self.stopped:
            self.stopped = True
            if self.stop is not None:
                self.stop()
        if self._told is not None:
            self._told(what, done, total)

    def update(
        self,
        op_code: int,
        cur_count: str | float,
        max_count: str | float | None = None,
        message: str = "",
    ) -> None:
        """One progress line."""
        stage = _STAGES.get(op_code & self.OP_MASK, "working")
        self._count(f"{stage} {message}".strip(), int(float(cur_count)), int(float(max_count or 0)))


_ENUMERATING = re.compile(r"Enumerating objects: +(\d+)")
_STAGES = {
    RemoteProgress.COUNTING: "counting",
    RemoteProgress.COMPRESSING: "compressing",
    RemoteProgress.RECEIVING: "receiving",
    RemoteProgress.RESOLVING: "resolving",
    RemoteProgress.WRITING: "writing",
}
