"""`stacker resolve`: open a conflict, take back its solution, and go on with the rebase."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.git.merge import Side
from stacker.git.objects import Entry
from stacker.git.pick import Stopped, pick
from stacker.rebase import attempt as attempts
from stacker.rebase.attempt import Attempt
from stacker.rebase.flow import RebaseRequest, dry_run, rebase
from stacker.resolve.folder import (
    Opened,
    close_folder,
    named_markers,
    open_folder,
    read_note,
    solved_tree,
)
from stacker.series.compose import Halted
from stacker.series.plan import StageId
from stacker.series.resolutions import Resolution, conflict_id, parse, serialise

if TYPE_CHECKING:
    from stacker.git.merge import Conflict
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.rebase.outcome import RebaseResult
    from stacker.series.workspace import Workspace


class Take(StrEnum):
    """Whose content solves every conflicted path."""

    UPSTREAM = "upstream"
    MINE = "mine"


def open_conflict(work: Workspace, stage: str | None) -> tuple[Opened, Halted]:
    """Open the folder of a conflict: that of `stage`, or of the first stage that has one."""
    halted = _halted(work, stage)
    return open_folder(work.store, work.directory.state, halted), halted


def take_back(work: Workspace, stage: str | None, told: Told | None = None) -> RebaseResult:
    """Remember what the open folder says, close it, and go on with the rebase."""
    opened = _opened(work, stage)
    stopped = _stopped(work, opened)
    tree = solved_tree(work.store, opened, stopped.conflict)
    _remember(work, opened, stopped, tree)
    done = rebase(work, RebaseRequest(fetch=False), told)
    # Last, so that who was interrupted can say `--done` again.
    close_folder(work.store, opened.folder)
    return done


def take_side(
    work: Workspace, stage: str | None, take: Take, told: Told | None = None
) -> RebaseResult:
    """Solve every path of the conflict with one side's file, and go on."""
    halted = _halted(work, stage)
    opened = _as_opened(work, halted)
    files = {e.name: e for e in work.store.files(halted.stopped.conflict.tree)}
    for conflict in halted.stopped.conflict.conflicts:
        side = conflict.upstream if take is Take.UPSTREAM else conflict.mine
        if side is None:
            files.pop(conflict.path, None)
        else:
            files[conflict.path] = Entry(side.mode, side.oid, conflict.path)
    _remember(work, opened, halted.stopped, work.store.write_tree(files))
    close_folder(work.store, opened.folder)
    return rebase(work, RebaseRequest(fetch=False), told)


def drop(work: Workspace, stage: str | None, told: Told | None = None) -> RebaseResult:
    """Leave the conflicting patch out of the series, and go on; its versions keep it."""
    halted = _halted(work, stage)
    attempt = _attempt(work)
    dropped = attempt.dropped | {(halted.of, halted.file)}
    attempts.write(work.directory.state, Attempt(attempt.targets, attempt.picks, dropped))
    close_folder(work.store, work.directory.state / "resolve" / halted.stage)
    return rebase(work, RebaseRequest(fetch=False), told)


def abandon(work: Workspace, stage: str | None) -> Opened:
    """Close the open folder without taking anything from it; the conflict stays."""
    opened = _opened(work, stage)
    close_folder(work.store, opened.folder)
    return opened


@dataclass(frozen=True, slots=True)
class ShownConflict:
    """One conflicted path with what each side has, for `resolve --show`."""

    halted: Halted
    conflict: Conflict
    with_markers: bytes


def show(work: Workspace, stage: str | None) -> tuple[ShownConflict, ...]:
    """The conflict as text, without opening a folder."""
    halted = _halted(work, stage)
    tree = halted.stopped.conflict.tree
    found = []
    for conflict in halted.stopped.conflict.conflicts:
        entry = work.store.entry_at(tree, conflict.path)
        content = work.store.blob(entry.oid) if entry and entry.mode != "160000" else b""
        found.append(ShownConflict(halted, conflict, named_markers(content)))
    return tuple(found)


def _attempt(work: Workspace) -> Attempt:
    found = attempts.read(work.directory.state)
    if found is None:
        raise UsageError(
            "no rebase has stopped at a conflict",
            hint="Run `stacker rebase`; it tells you when there is something to solve.",
        )
    return found


def _halted(work: Workspace, stage: str | None) -> Halted:
    attempt = _attempt(work)
    outcomes, _, _ = dry_run(work, work.load(), attempt)
    halted = [o for o in outcomes.values() if isinstance(o, Halted)]
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
        raise UsageError("no conflict is open", hint="Open one with `stacker resolve`.")
    return found[0]


def _as_opened(work: Workspace, halted: Halted) -> Opened:
    folder = work.directory.state / "resolve" / halted.stage
    stopped = halted.stopped
    return Opened(halted.stage, halted.of, halted.file, stopped.old, stopped.onto, folder)


def _stopped(work: Workspace, opened: Opened) -> Stopped:
    outcome = pick(work.store, opened.old, opened.onto)
    if not isinstance(outcome, Stopped):
        raise UsageError("the open folder's conflict is gone", hint="Run `stacker rebase`.")
    return outcome


def _remember(work: Workspace, opened: Opened, stopped: Stopped, tree: Oid) -> None:
    """Write one resolution file for each conflicted path, and for each other path changed too."""
    version = work.load().lock.version
    conflicts = stopped.conflict.conflicts
    sides = [(c.path, c.base, c.upstream, c.mine, "") for c in conflicts]
    known = {c.path for c in conflicts}
    before = {e.name: e for e in work.store.files(stopped.conflict.tree)}
    after = {e.name: e for e in work.store.files(tree)}
    for path in sorted({*before, *after} - known):
        old = before.get(path)
        if old != after.get(path):
            merged = Side(old.mode, old.oid) if old else None
            sides.append((path, None, merged, None, conflict_id(stopped.conflict)))
    for path, base, upstream, mine, beside in sides:
        mode, content = _content(work.store, after.get(path))
        one = Resolution(
            stage=StageId(opened.of), patch=opened.file, path=path,
            base=base, upstream=upstream, mine=mine, beside=beside,
            mode=mode, content=content, by=work.person, version=version,
        )  # fmt: skip
        there = work.directory.read(one.file_name)
        if there is None or replace(parse(there, one.file_name), version=version) != one:
            work.directory.replace(one.file_name, serialise(one))


def _content(store: ObjectStore, entry: Entry | None) -> tuple[str | None, bytes]:
    if entry is None:
        return None, b""
    if entry.mode == "160000":
        return entry.mode, entry.oid.encode("ascii")
    return entry.mode, store.blob(entry.oid)
