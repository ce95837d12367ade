"""`stacker resolve`: from one conflict to the next, each solved once and remembered."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.git.objects import Entry
from stacker.git.pick import Stopped
from stacker.git.replay.engine import pick
from stacker.git.trees import replace_paths
from stacker.rebase import attempt as attempts
from stacker.rebase.flow import RebaseRequest, dry_run, rebase
from stacker.resolve.folder import Opened, close_folder, open_folder, read_note, sweep
from stacker.resolve.memory import remember
from stacker.resolve.taking import left_over, look, solved_tree
from stacker.series.compose import Halted
from stacker.series.plan.model import StageId
from stacker.series.resolutions import markers
from stacker.series.resolutions.remembered import Resolutions
from stacker.series.resolutions.solving import recall, solved_path

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.merge import Conflict
    from stacker.git.transfer import Told
    from stacker.rebase.attempt import Attempt
    from stacker.rebase.outcome import RebaseResult
    from stacker.series.directory import SeriesDirectory
    from stacker.series.resolutions.solving import Known
    from stacker.series.workspace import Workspace


class Take(StrEnum):
    """Whose content solves every conflicted path."""

    UPSTREAM = "upstream"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Opening:
    """A conflict with its folder open, and what of it is remembered."""

    opened: Opened
    known: Known


@dataclass(frozen=True, slots=True)
class Went:
    """How the rebase went on after a conflict; `next` is the one that it stopped at, if open."""

    result: RebaseResult
    next: Opening | None = None


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """One conflicted path with what each side has, for `resolve --show`."""

    halted: Halted
    conflict: Conflict
    with_markers: bytes


def stage_of(directory: SeriesDirectory, here: Path) -> StageId | None:
    """The stage in whose open folder `here` is; `None` elsewhere."""
    folders = (directory.state / "resolve").resolve()
    here = here.resolve()
    if not here.is_relative_to(folders) or here == folders:
        return None
    stage = here.relative_to(folders).parts[0]
    return StageId(stage) if read_note(directory.state, stage) else None


def open_conflict(work: Workspace, stage: str | None, *, full: bool = False) -> Opening:
    """Open the folder of a conflict: that of `stage`, or of the first stage that has one."""
    return _open(work, _halted(work, stage), full=full)


def take_back(work: Workspace, stage: str | None, told: Told | None = None) -> Went:
    """Remember what the open folder says, and go on with the rebase, to the next conflict."""
    opened = _opened(work, stage)
    conflict = _stopped(work, opened).conflict
    tree = solved_tree(work.store, opened, conflict)
    remember(work, StageId(opened.of), opened.file, conflict, tree)
    return _go_on(work, opened.stage, told)


def left(work: Workspace, stage: str | None) -> tuple[Opened, tuple[str, ...]]:
    """What is not solved yet in the open folder, in a person's words."""
    opened = _opened(work, stage)
    conflict = _stopped(work, opened).conflict
    found = look(work.store, opened)
    return opened, tuple(left_over(work.store, opened, conflict, found))


def take_side(work: Workspace, stage: str | None, take: Take, told: Told | None = None) -> Went:
    """Solve every path that is open with one side's file, and go on.

    Where nothing is left to solve, whoever said so before was killed before the rebase went on.
    """
    if not _all_halted(work):
        return Went(rebase(work, RebaseRequest(fetch=False), told))
    halted = _halted(work, stage)
    conflicted = halted.stopped.conflict
    known = _known(work, halted)
    changes = dict(known.changes)
    for conflict in known.open:
        if conflict.base or conflict.upstream or conflict.mine:
            entry = _entry(work, halted, conflict, take)
            changes |= solved_path(work.store, conflicted, conflict, entry)
    tree = replace_paths(work.store, conflicted.tree, changes)
    remember(work, halted.of, halted.file, conflicted, tree)
    return _go_on(work, halted.stage, told)


def drop(work: Workspace, stage: str | None, told: Told | None = None) -> Went:
    """Leave the conflicting patch out of the series, and go on; its versions keep it.

    Where no conflict is left the same holds as for `take_side`.
    """
    if not _all_halted(work):
        return Went(rebase(work, RebaseRequest(fetch=False), told))
    halted = _halted(work, stage)
    attempt = _attempt(work)
    dropped = attempt.dropped | {(halted.of, halted.file)}
    return _go_on(work, halted.stage, told, attempt._replace(dropped=dropped))


def abandon(work: Workspace, stage: str | None) -> Opened:
    """Close the open folder without taking anything from it; the conflict stays."""
    opened = _opened(work, stage)
    close_folder(work.store, opened.folder)
    return opened


def show(work: Workspace, stage: str | None) -> tuple[ShownConflict, ...]:
    """What is open of a conflict, as text and without a folder."""
    halted = _halted(work, stage)
    tree = halted.stopped.conflict.tree
    found = []
    for conflict in _known(work, halted).open:
        places = [conflict.path, *(aside.path for aside in conflict.aside)]
        entries = (work.store.entry_at(tree, path) for path in places)
        blobs = [work.store.blob(e.oid) for e in entries if e and e.mode not in _NO_FILES]
        found.append(ShownConflict(halted, conflict, markers.named(b"\n".join(blobs))))
    return tuple(found)


_NO_FILES = ("160000", "040000")


def _go_on(
    work: Workspace, stage: StageId | str, told: Told | None, attempt: Attempt | None = None
) -> Went:
    """Rebase on; whoever had a folder open finds the next conflict in one."""
    was_open = read_note(work.directory.state, stage) is not None
    result = rebase(work, RebaseRequest(fetch=False, attempt=attempt), told)
    # The folder goes last, so that who was interrupted can say `--done` again.
    following = _next(work, stage) if result.halted and was_open else None
    if following is None or following.stage != stage:
        close_folder(work.store, work.directory.state / "resolve" / stage)
    return Went(result, _open(work, following) if following else None)


def _next(work: Workspace, stage: str) -> Halted:
    halted = _all_halted(work)
    return next((h for h in halted if h.stage == stage), halted[0])


def _open(work: Workspace, halted: Halted, *, full: bool = False) -> Opening:
    known = _known(work, halted)
    opened = open_folder(work.store, work.directory.state, halted, known, full=full)
    return Opening(opened, known)


def _known(work: Workspace, halted: Halted) -> Known:
    known = Resolutions.read(work.directory.files())
    return recall(known, work.store, halted.of, halted.file, halted.stopped.conflict)


def _entry(work: Workspace, halted: Halted, conflict: Conflict, take: Take) -> Entry | None:
    """What a side has at the path."""
    side = conflict.upstream if take is Take.UPSTREAM else conflict.mine
    if side is None:
        return None
    if conflict.kind in ("rename/rename", "rename/add", "add/add"):
        # Here git calls a side what it merged over a rename; the file itself is in the commit.
        stopped = halted.stopped
        rev = stopped.onto if take is Take.UPSTREAM else stopped.old
        there = work.store.entry_at(rev, conflict.path)
        if there is not None:
            return there
    return Entry(side.mode, side.oid, conflict.path)


def _attempt(work: Workspace) -> Attempt:
    found = attempts.read(work.directory.state)
    if found is None:
        raise UsageError(
            "no rebase has stopped at a conflict",
            hint="Run `stacker rebase`; it tells you when there is something to solve.",
        )
    return found


def _all_halted(work: Workspace) -> list[Halted]:
    outcomes, _, _ = dry_run(work, work.load(), _attempt(work))
    return [o for o in outcomes.values() if isinstance(o, Halted)]


def _halted(work: Workspace, stage: str | None) -> Halted:
    halted = _all_halted(work)
    if not halted:
        raise UsageError("no conflict is left", hint="Run `stacker rebase` to finish.")
    if stage is None:
        return halted[0]
    match = next((h for h in halted if h.stage == work.plan.stage(stage).id), None)
    if match is None:
        names = ", ".join(h.stage for h in halted)
        raise UsageError(f"{stage} has no conflict", hint=f"Conflicts are in: {names}.")
    return match


def _opened(work: Workspace, stage: str | None) -> Opened:
    state = work.directory.state
    stages = [work.plan.stage(stage).id] if stage is not None else list(work.plan.order)
    found = [o for s in stages if (o := read_note(state, s)) is not None]
    if not found:
        sweep(work.store, state)
        raise UsageError("no conflict is open", hint="Open one with `stacker resolve`.")
    return found[0]


def _stopped(work: Workspace, opened: Opened) -> Stopped:
    outcome = pick(work.store, opened.old, opened.onto)
    if not isinstance(outcome, Stopped):
        raise UsageError("the open folder's conflict is gone", hint="Run `stacker rebase`.")
    return outcome
