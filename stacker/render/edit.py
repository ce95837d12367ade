"""How `edit` reads: what is open where, what was taken back, what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.edit.flow import Aborted, Taken, Untouched
    from stacker.edit.place import Opened

    Document = dict[str, object]


def opened(one: Opened) -> Document:
    """An open folder; `base` is the upstream commit that the stage's chain stands on."""
    return {"stage": one.stage, "folder": str(one.folder), "base": one.base}


def opened_text(one: Opened) -> str:
    """The same for a person, and what is to be done there."""
    lines = [f"{one.stage} is open in {one.folder}"]
    lines += ["Change files there, commit if you like, then"]
    return "\n".join([*lines, f"Next: stacker edit {one.stage} --done -m WHY"])


def taken(one: Taken, rebased: Mapping[str, object]) -> Document:
    """The patch files that have the work, and what became of all stages."""
    return {"stage": one.opened.stage, "patches": list(one.patches), **rebased}


def taken_text(one: Taken, rebased: str) -> str:
    """The same for a person."""
    lines = [f"The work on {one.opened.stage} is in {', '.join(one.patches)}."]
    if one.result.halted:
        lines.append("Not every stage goes with it; `stacker undo` takes it out again.")
    return "\n".join([*lines, rebased])


def untouched(one: Untouched) -> Document:
    """Nothing was taken."""
    return {"stage": one.opened.stage, "patches": [], "version": one.version, "stages": []}


def untouched_text(one: Untouched) -> str:
    """The same for a person."""
    return f"{one.opened.stage} in v{one.version} is as in the folder: nothing to take. Closed."


def aborted(one: Aborted) -> Document:
    """The folder is closed; `kept` is the version that has the work."""
    return {"stage": one.opened.stage, "folder": None, "kept": one.kept}


def aborted_text(one: Aborted) -> str:
    """The same for a person."""
    if one.kept is None:
        return "Closed; nothing was changed there."
    return f"Closed; the work is kept as v{one.kept}. `stacker undo --to v{one.kept}` brings it in."
