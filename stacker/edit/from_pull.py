"""`stacker edit STAGE --from-pull`: take in what others pushed to the stage's branch, or to the
pull request that it adopts.

Their commits are put on the stage as it is now, each a patch of its own, so that its author stays;
then the lock knows their head as ours, and the next `submit` goes on from there. Where one does
not go with what the stage has become, the stage is opened with git in the middle of it, and
`--done` takes back what was made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.edit.news import gather
from stacker.edit.place import Opened, all_opened, folder_for, open_folder, sweep
from stacker.edit.pulled import changes, knowing
from stacker.edit.standing import target
from stacker.edit.taking import next_file
from stacker.edit.theirs import NothingNew, Theirs
from stacker.errors import SeriesError
from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.replay.engine import replay
from stacker.rebase.attempt import Edit
from stacker.rebase.flow import restack_edit
from stacker.rebase.restacked import restacked
from stacker.series.compose import PatchCommit
from stacker.series.patches.portable import refuse_added
from stacker.series.saving import texts_of
from stacker.series.versions import operations
from stacker.submit.foreign import by_whom

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.edit.taking import Target
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.rebase.outcome import RebaseResult
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.place import Place


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What others pushed is in these patch files; none where the stage has all of it already.

    `said` names the commits and their authors, `head` is theirs, pushed to `where`: the stage, or
    `#N` that it adopts. `result` is as after an edit.
    """

    stage: StageId
    head: Oid
    said: str
    where: str
    patches: tuple[str, ...]
    result: RebaseResult


@dataclass(frozen=True, slots=True)
class InTheWay:
    """The stage is open, with git in the middle of a commit that does not go with what the stage
    has become; `paths` conflict, if that is not known from before."""

    opened: Opened
    paths: tuple[str, ...]


def from_pull(
    work: Workspace, name: str, place: Callable[[str], Place], told: Told | None = None
) -> NothingNew | TakenIn | InTheWay:
    """Take in what others pushed to the branch of stage `name`; a second time there is nothing."""
    stage = work.plan.stage(name).id
    opened = _already_open(work, stage)
    if opened is not None:
        return InTheWay(opened, ())
    series, _ = restacked(work, told)
    theirs = gather(work, series, stage, place, told)
    if isinstance(theirs, NothingNew):
        return theirs
    now, base = target(work, series, stage), series.lock.bases[series.plan.stage(stage).repository]
    commits = tuple(changes(work.store, theirs.commits, base, theirs.trunk))
    done: list[Picked] = []
    picks = [Pick(oid, n - 1 if n else now.tip) for n, oid in enumerate(commits)]
    for outcome in replay(work.store, picks):
        match outcome:
            case Picked():
                done.append(outcome)
            case Stopped(conflict=conflict):
                paths = tuple(c.path.decode("utf-8", "replace") for c in conflict.conflicts)
                return InTheWay(_open(work, base, theirs, now, commits), paths)
            case None:
                raise AssertionError("what conflicts before it is met first")
    return _take_in(work, series, theirs, now, done)


def _take_in(
    work: Workspace, series: Series, theirs: Theirs, now: Target, done: Sequence[Picked]
) -> TakenIn:
    """Make a version of it: patches, lock and all stages above in one step."""
    stage, patches = theirs.stage, list(now.patches)
    for one in done:
        if not one.emptied:
            subject = work.store.commit(one.commit).subject
            patches.append(PatchCommit(next_file([p.file for p in patches], subject), one.commit))
    new = {patch.file: patch.commit for patch in patches[len(now.patches) :]}
    if new:
        refuse_added(work.store, now.tip, tuple(new.values()))
    texts = texts_of(work.store, {f"patches/{stage}/{file}": oid for file, oid in new.items()})
    changed = series._replace(
        lock=knowing(work, series.lock, stage, theirs.head, adopted=theirs.adopted is not None),
        patches={**series.patches, stage: tuple(patches)}, files={**series.files, **texts},
    )  # fmt: skip
    said = by_whom(work.store, theirs.commits)
    where = stage if theirs.adopted is None else f"#{theirs.adopted}"
    result = restack_edit(work, series, changed, Edit(stage, f"{said}, pushed to {where}"))
    return TakenIn(stage, theirs.head, said, where, tuple(new), result)


def _open(
    work: Workspace, base: Oid, theirs: Theirs, now: Target, commits: Sequence[Oid]
) -> Opened:
    """Open the stage with their commits on top, up to the one that conflicts."""
    state, here = work.directory.state, operations.current(work.store)
    assert here is not None, "what has a base has a version"
    sweep(work.store, state)
    opened = Opened(
        theirs.stage, folder_for(state, theirs.stage), now.tip, base, len(now.patches), here.oid,
        theirs.head, adopted=theirs.adopted is not None,
    )  # fmt: skip
    open_folder(work.store, state, opened, commits)
    return opened


def _already_open(work: Workspace, stage: StageId) -> Opened | None:
    opened = next((o for o in all_opened(work.directory.state) if o.stage == stage), None)
    if opened is not None and opened.pulled is None:
        raise SeriesError(
            f"{stage} is open in {opened.folder}",
            hint=f"First `stacker edit {stage} --done`, or `--abort`.",
        )
    return opened
