"""The stages' own changes: coloured, plain, or only named, as the size of a page allows. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.report.colours import Palette
from stacker.report.diff import files
from stacker.report.value import Change, FileView, HunkView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.report.diff import FileChange, Hunk
    from stacker.report.gather import OwnChange
    from stacker.series.plan.model import StageId

NOT_HERE = "This clone has no objects yet; `stacker rebase` fetches them."
_MOST = 4_000_000  # characters of one page
_LARGEST = 200_000  # of one file


def changes(own: Mapping[StageId, OwnChange]) -> dict[StageId, Change]:
    """What is to be seen of each."""
    budget = _Budget()
    return {
        stage: Change(tuple(budget.view(stage, each) for each in files(one.diff)))
        for stage, one in own.items()
    }


class _Budget:
    def __init__(self) -> None:
        self._left = _MOST
        self._palette = Palette()

    def view(self, stage: StageId, one: FileChange) -> FileView:
        """A file, with its lines while there is room for them."""
        size = one.size
        fits = size <= min(_LARGEST, self._left)
        hunks: tuple[HunkView, ...] = ()
        if fits:
            self._left -= size
            codes = self._palette.hunks(one)
            hunks = tuple(
                HunkView(hunk.place, *_numbers(hunk), code)
                for hunk, code in zip(one.hunks, codes, strict=True)
            )
        why = "" if fits else f"Too large for this page: `stacker review {stage}` shows it."
        return FileView(
            path=one.path, note=one.note, added=one.count("+"), removed=one.count("-"),
            hunks=hunks, left_out=why,
        )  # fmt: skip


def _numbers(hunk: Hunk) -> tuple[str, str]:
    """The line numbers of the old and of the new side, a line for each line of the hunk."""
    old, new = hunk.old, hunk.new
    sides: tuple[list[str], list[str]] = ([], [])
    for line in hunk.lines:
        sides[0].append(str(old) if line.sign in " -" else "")
        sides[1].append(f"{new if line.sign in ' +' else ''} {line.sign}")
        old += line.sign in " -"
        new += line.sign in " +"
    return "\n".join(sides[0]), "\n".join(sides[1])
