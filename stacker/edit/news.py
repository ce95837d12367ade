"""What others did that a stage lacks: on its branch, else in the pull request that it adopts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.edit.theirs import NothingNew, Theirs, is_begun, pushed, unfinished
from stacker.errors import SeriesError
from stacker.series.workspace import bring, fetch_tip, pull_head
from stacker.submit.adoption.adopted import ANEW
from stacker.submit.foreign import commits_of_others, known_commits

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.place import Place


def gather(
    work: Workspace,
    series: Series,
    stage: StageId,
    place: Callable[[str], Place],
    told: Told | None,
) -> Theirs | NothingNew:
    """Ask the forge, and fetch what is new."""
    planned, line = series.plan.stage(stage), series.lock.stage(stage)
    adopts = line is not None and line.adopted is not None and planned.adopts is not None
    has_own = line is not None and line.published is not None and planned.pushes_to is None
    if line is None or not (has_own or adopts):
        raise SeriesError(f"{stage} was never submitted", hint="Run `stacker submit` first.")
    there = place(line.repository)
    own = pushed(work, series, line, there, told) if has_own else None
    if own is None or (adopts and isinstance(own, NothingNew)):
        since = _since_adopted(work, series, line, there, told)
        return own if own is not None and isinstance(since, NothingNew) else since
    return own


def _since_adopted(
    work: Workspace, series: Series, line: StageLock, there: Place, told: Told | None
) -> Theirs | NothingNew:
    """What came to it since it was taken in, or, where the stage is pushed to it, since then."""
    planned, upstream = series.plan.stage(line.stage), work.upstreams[line.repository]
    on_theirs = planned.pushes_to is not None and line.published is not None
    known = line.published.head if on_theirs and line.published else line.adopted
    number = planned.adopts
    assert known is not None, "something was taken in"
    assert number is not None, "of what the stage adopts"
    head = pull_head(work.store, upstream, number, told)
    if head == known:
        return NothingNew(line.stage, head, series.lock.version)
    if is_begun(work, there, line.stage, head):
        raise unfinished(f"#{number}")
    trunk = fetch_tip(work.store, upstream, told)
    if work.store.find(known) is None:
        bring(work.store, upstream, known, told)
    commits = commits_of_others(work.store, known, head, known_commits(work, series.lock, there))
    if commits is None:
        raise SeriesError(
            f"#{number} is at {head[:10]}, without {known[:10]}, which was known of it: somebody "
            "force-pushed",
            hint=f"`stacker status --residue '#{number}'` tells what it has besides; bring that in "
            f"with `stacker edit {line.stage}`.{f' {ANEW}' if on_theirs else ''}",
        )
    return Theirs(line.stage, head, commits, trunk, number)
