"""git's progress lines, read by GitPython; loaded only by what fetches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from git.util import RemoteProgress

if TYPE_CHECKING:
    from collections.abc import Callable


class Progress(RemoteProgress):
    """Tells on what git says; keeps its error lines."""

    def __init__(self, told: Callable[[str, int, int], None] | None) -> None:
        super().__init__()
        self._told = told

    def update(
        self,
        op_code: int,
        cur_count: str | float,
        max_count: str | float | None = None,
        message: str = "",
    ) -> None:
        """One progress line."""
        if self._told is not None:
            stage = _STAGES.get(op_code & self.OP_MASK, "working")
            self._told(
                f"{stage} {message}".strip(), int(float(cur_count)), int(float(max_count or 0))
            )


_STAGES = {
    RemoteProgress.COUNTING: "counting",
    RemoteProgress.COMPRESSING: "compressing",
    RemoteProgress.RECEIVING: "receiving",
    RemoteProgress.RESOLVING: "resolving",
    RemoteProgress.WRITING: "writing",
}
