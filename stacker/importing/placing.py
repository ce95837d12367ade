"""Where in the series an import stands: a point where a stage ends, or where all begins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.errors import ExitCode, SeriesError
from stacker.git.paths import shown
from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.replay.engine import replay
from stacker.importing.assignment import OneStage
from stacker.importing.value import Branch, Pull
from stacker.series.compose import Composer, Halted
from stacker.series.plan.naming import listed

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.importing.value import Imported, ImportRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


class DoesNotFitError(SeriesError):
    """Commits conflict with where they are to stand."""

    exit_code = ExitCode.CONFLICT


def placed(
    work: Workspace, series: Series, request: ImportRequest, repository: str, found: Imported
) -> tuple[Imported, StageId | None]:
    """The commits where they stand in the series, and the stage they begin at (`None`: the base).

    A branch or a pull request that began elsewhere is moved there.
    """
    here = series.lock.bases.get(repository)
    tree = work.store.commit(found.base).tree
    if here is None or work.store.commit(here).tree == tree:
        return found, None
    for line in reversed(series.lock.stages):
        if line.repository == repository and work.store.commit(line.commit).tree == tree:
            return found, line.stage
    below = _below(work, series, request, repository, here)
    if work.store.commit(below).tree == tree:
        return found, None
    if isinstance(request.source, Branch | Pull):
        return moved(work.store, found, below), None
    raise SeriesError(
        f"the import begins at {found.base[:10]}, which is no point of the series",
        hint=f"A range must begin at the base ({here[:10]}) or where a stage ends; rebase the "
        "work onto one of these first.",
    )


def moved(store: ObjectStore, found: Imported, onto: Oid) -> Imported:
    """The commits, each on the one before, the first on `onto`; raises `DoesNotFitError`."""
    picks = [Pick(oid, n - 1 if n else onto) for n, oid in enumerate(found.commits)]
    commits: list[Oid] = []
    for outcome in replay(store, picks):
        match outcome:
            case Picked(commit=commit):
                commits.append(commit)
            case Stopped():
                raise stopped(store, outcome)
            case None:
                raise AssertionError("what conflicts before it is met first")
    note = f"moved from {found.base[:10]} to {onto[:10]}, where the series has its place"
    return replace(found, base=onto, commits=tuple(commits), notes=(*found.notes, note))


def as_one(store: ObjectStore, found: Imported) -> Imported:
    """All as one commit, whatever merges lie between: the last tree, the first one's words."""
    first, last = store.commit(found.commits[0]), store.commit(found.tip)
    commit = store.write_commit(first.moved(last.tree, (found.base,)))
    return replace(found, commits=(commit,))


def stopped(store: ObjectStore, stop: Stopped) -> DoesNotFitError:
    """What to say of a commit that conflicts."""
    paths = listed((shown(one.path) for one in stop.conflict.conflicts), 5)
    return DoesNotFitError(
        f"{stop.old[:10]} {store.commit(stop.old).subject!r} conflicts with {stop.onto[:10]} "
        f"of the series in {paths}",
        hint="Rebase the work onto that first, with git, and import it then; `stacker export "
        "--branch NAME --to CLONE` brings what the series has into a clone.",
    )


def _below(
    work: Workspace, series: Series, request: ImportRequest, repository: str, base: Oid
) -> Oid:
    """Where the stage that is filled begins: the end of all that it needs."""
    if not (isinstance(request.mode, OneStage) and request.mode.stage in series.plan.order):
        return base
    below = series.chain(series.plan.stage(request.mode.stage).id)[:-1]
    tip = Composer(series.composition(work.store, series.lock.bases, {})).tip(repository, below)
    return base if isinstance(tip, Halted) else tip
