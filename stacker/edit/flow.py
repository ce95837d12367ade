"""`stacker edit`: a stage opened in a folder, its work taken back, the stages above restacked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from stacker.edit.found import commits_on, look, refuse_unfinished, tree_in
from stacker.edit.place import (
    Opened,
    all_opened,
    close_folder,
    folder_for,
    open_folder,
    sweep,
)
from stacker.edit.pulled import knowing
from stacker.edit.standing import target
from stacker.edit.taking import Asked, next_file, put_together, taken
from stacker.errors import UsageError
from stacker.git import helper
from stacker.git.objects import Commit, Signature
from stacker.rebase import attempt as attempts
from stacker.rebase.attempt import Edit
from stacker.rebase.flow import restack, restack_edit
from stacker.rebase.restacked import restacked
from stacker.series.patches.portable import refuse_added
from stacker.series.saving import texts_of
from stacker.series.versions import operations, recording
from stacker.series.versions.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.rebase.outcome import RebaseResult
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Taken:
    """The work is in the series: in these patch files of the stage. `result` says what became of
    all stages; with a conflict in one above, the rest waits for `resolve`."""

    opened: Opened
    patches: tuple[str, ...]
    result: RebaseResult


@dataclass(frozen=True, slots=True)
class Untouched:
    """The stage is as it was in its folder; `version` is the series' and stays."""

    opened: Opened
    version: int


@dataclass(frozen=True, slots=True)
class Aborted:
    """The folder is closed; the work is kept as version `kept`, if there was any."""

    opened: Opened
    kept: int | None


def stage_of(directory: SeriesDirectory, here: Path) -> str | None:
    """The stage in whose open folder `here` is; `None` elsewhere."""
    here = here.resolve()
    opened = all_opened(directory.state)
    return next((o.stage for o in opened if here.is_relative_to(o.folder.resolve())), None)


def open_stage(work: Workspace, stage: str, told: Told | None = None) -> Opened:
    """Open the folder of a stage, with all it needs; one that is open stays as it is."""
    named = work.plan.stage(stage)
    state = work.directory.state
    known = next((o for o in all_opened(state) if o.stage == named.id), None)
    if known is not None:
        return known
    series, _ = restacked(work, told)
    sweep(work.store, state)
    now = target(work, series, named.id)
    here = operations.current(work.store)
    assert here is not None, "what has a base has a version"
    opened = Opened(
        named.id, folder_for(state, named.id), now.tip,
        series.lock.bases[named.repository], len(now.patches), here.oid,
    )  # fmt: skip
    open_folder(work.store, state, opened)
    return opened


def take_back(
    work: Workspace, stage: str | None, why: str, *, new: bool, told: Told | None = None
) -> Taken | Untouched:
    """Take what was done in the folder into the series, restack the stages above, close it.

    `why` becomes the version's reason; with `new` the work becomes patches of its own. The folder
    is closed when the series has the work, and stays open on every error.
    """
    opened = _opened(work, stage)
    outcome = _finished(work, opened, told) or _taken(work, opened, why.strip(), told, new=new)
    close_folder(work.store, opened.folder)
    return outcome


def abort(work: Workspace, stage: str | None) -> Aborted:
    """Close the folder; what was done in it is kept as a version that the series does not go to."""
    opened = _opened(work, stage)
    tree = tree_in(work.store, opened)
    who = Signature(work.person.encode("utf-8", "replace"), b"", f"{work.now} +0000".encode())
    message = f"Work on {opened.stage} that was put aside\n".encode()
    made = put_together(
        work.store, opened.tip, commits_on(work.store, opened), tree,
        Commit(tree, (), who, who, message),
    )  # fmt: skip
    kept = None
    if made:
        kept = recording.put_aside(
            work.store, Snapshot.of(work.store.algorithm, _files_with(work, opened, made)), made,
            command="edit --abort", reason=f"work on {opened.stage}, put aside", now=work.now,
            by=work.person,
        ).version  # fmt: skip
    close_folder(work.store, opened.folder)
    return Aborted(opened, kept)


def _taken(
    work: Workspace, opened: Opened, why: str, told: Told | None, *, new: bool
) -> Taken | Untouched:
    series, _ = restacked(work, told)
    stage = _stage(work, opened)
    now, pulled = target(work, series, stage), opened.pulled
    new = new or not now.patches or pulled is not None
    found = look(work.store, opened, now.tip, whole=not new)
    refuse_unfinished(work.store, opened, found)
    if pulled is None and now.tip != opened.tip and _tree(work, now.tip) == found.tree:
        return Untouched(opened, now.version)  # the series has it already
    asked = Asked(new, why, partial(helper.identity, work.directory.root))
    patches = taken(work.store, opened, now, found, asked)
    before = frozenset(now.patches)
    mine = {patch.file: patch.commit for patch in patches if patch not in before}
    lock = series.lock
    if pulled is not None:
        lock = knowing(work, lock, stage, pulled, adopted=opened.adopted)
    if not mine and lock == series.lock:
        return Untouched(opened, now.version)
    if mine:
        commits = tuple(mine.values())
        refuse_added(work.store, work.store.commit(commits[0]).parents[0], commits)
    texts = texts_of(work.store, {_path(stage, file): oid for file, oid in mine.items()})
    changed = series._replace(
        lock=lock, patches={**series.patches, stage: patches}, files={**series.files, **texts}
    )
    reason = next(iter(why.splitlines()), stage)
    return Taken(
        opened, tuple(mine), restack_edit(work, series, changed, Edit(opened.stage, reason))
    )


def _tree(work: Workspace, commit: Oid) -> Oid:
    return work.store.commit(commit).tree


def _finished(work: Workspace, opened: Opened, told: Told | None) -> Taken | None:
    """What the command would have said that was killed when the files had the work already, which
    another stage does not go with."""
    attempt = attempts.read(work.directory.state)
    if attempt is None or attempt.edit is None or attempt.edit.stage != opened.stage:
        return None
    series = work.load(told)
    patches = series.patches.get(_stage(work, opened), ())
    if not series.edits or not patches:
        return None
    if _tree(work, patches[-1].commit) != tree_in(work.store, opened):
        return None
    return Taken(opened, tuple(patch.file for patch in patches), restack(work, told))


def _files_with(work: Workspace, opened: Opened, made: Sequence[Oid]) -> dict[str, bytes]:
    """The files of the version that was opened, with patches of what was made."""
    files = operations.files_of(work.store, opened.operation)
    names = sorted(name for name in files if name.startswith(_path(opened.stage, "")))
    own = [name.rpartition("/")[2] for name in names if name.endswith(".patch")]
    new: dict[str, Oid] = {}
    for oid in made:
        own.append(next_file(own, work.store.commit(oid).subject))
        new[_path(opened.stage, own[-1])] = oid
    return {**files, **texts_of(work.store, new)}


def _path(stage: str, file: str) -> str:
    return f"patches/{stage}/{file}"


def _stage(work: Workspace, opened: Opened) -> StageId:
    """The stage that was opened, which the plan may have renamed since."""
    renamed = (s.id for s in work.plan.stages if s.was == opened.stage)
    return next(renamed, None) or work.plan.stage(opened.stage).id


def _opened(work: Workspace, stage: str | None) -> Opened:
    found = all_opened(work.directory.state)
    if stage is not None:
        former = {str(s.was) for s in work.plan.stages if s.id == stage}
        found = [o for o in found if o.stage == stage or o.stage in former]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(o.stage for o in found)
        raise UsageError("which stage?", hint=f"Open are: {names}.")
    sweep(work.store, work.directory.state)
    raise UsageError(
        f"{stage} is not open" if stage else "no stage is open",
        hint=f"Open one with `stacker edit {stage or 'STAGE'}`.",
    )
