"""How `edit` reads: what is open where, what was taken back, what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.edit.flow import Aborted, Taken, Untouched
    from stacker.edit.from_pull import InTheWay, TakenIn
    from stacker.edit.place import Opened
    from stacker.edit.theirs import NothingNew

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
    if not one.patches:
        lines = [f"None of it is in {one.opened.stage}; the next submit puts the stage over it."]
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


def nothing_new(one: NothingNew) -> Document:
    """Nobody pushed to the stage's branch; `head` is what it has."""
    return {
        "stage": one.stage, "head": one.head, "patches": [], "version": one.version, "stages": [],
    }  # fmt: skip


def nothing_new_text(one: NothingNew) -> str:
    """The same for a person."""
    return f"Nothing new there: the branch of {one.stage} is at {one.head[:10]}, which is known."


def taken_in(one: TakenIn, rebased: Mapping[str, object]) -> Document:
    """What others pushed, up to `head`, the patch files that have it, and all stages."""
    return {
        "stage": one.stage, "head": one.head, "from": one.said, "patches": list(one.patches),
        **rebased,
    }  # fmt: skip


def taken_in_text(one: TakenIn, rebased: str) -> str:
    """The same for a person."""
    where = f"is in {', '.join(one.patches)}" if one.patches else f"changes nothing in {one.stage}"
    lines = [f"What was pushed to {one.where} {where}: {one.said}."]
    if one.result.halted:
        lines.append("Not every stage goes with it; `stacker undo` takes it out again.")
    return "\n".join([*lines, rebased])


def in_the_way(one: InTheWay) -> Document:
    """The folder where what others pushed is put on the stage, and the paths that conflict."""
    return {**opened(one.opened), "head": one.opened.pulled, "conflicts": list(one.paths)}


def in_the_way_text(one: InTheWay) -> str:
    """The same for a person, and what is to be done there."""
    stage, folder = one.opened.stage, one.opened.folder
    lines = [f"What was pushed to {stage} does not go with what it has become:"]
    lines += [f"  {path}" for path in one.paths]
    if not one.paths:
        lines = [f"What was pushed to {stage} waits in its folder:"]
    lines += [f"git is in the middle of it in {folder}"]
    lines += ["Solve it there, `git add` it, `git cherry-pick --continue`, then"]
    return "\n".join([*lines, f"Next: stacker edit {stage} --done"])
