"""The folders that are open: stages that somebody edits, conflicts that somebody solves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.edit.place import all_opened
from stacker.errors import SeriesError
from stacker.resolve.folder import read_note
from stacker.status.value import OpenFolder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stacker.series.plan.model import StageId


def open_folders(
    state: Path, stages: Iterable[StageId], *, stopped: bool
) -> tuple[OpenFolder, ...]:
    """All of them, conflicts first; `stopped` says that there is a rebase to go on with.

    Those whose notes cannot be read are left to the commands that need them.
    """
    found: list[OpenFolder] = []
    try:
        for conflict in filter(None, (read_note(state, stage) for stage in stages)):
            end = "--done" if stopped else "--abort"
            command = f"stacker resolve {conflict.stage} {end}"
            found.append(OpenFolder(conflict.stage, "resolve", conflict.folder, command))
        for one in all_opened(state):
            why = "" if one.pulled else " -m WHY"
            command = f"stacker edit {one.stage} --done{why}"
            found.append(OpenFolder(one.stage, "edit", one.folder, command))
    except SeriesError:
        pass
    return tuple(found)
