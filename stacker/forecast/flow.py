"""`stacker forecast`: would each stage go onto upstream's tip now, and if not, who broke it first.

Everything is tried in a store that is thrown away; of the series only files and store are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, assert_never

from stacker.forecast import touched
from stacker.forecast.culprit import find_all
from stacker.forecast.neighbours import nearby, watched
from stacker.forecast.outcome import Clash, Fate, Forecast, StageForecast
from stacker.git.beside import beside
from stacker.git.changes import changes_between
from stacker.git.history import first_parents
from stacker.handoff.finding import proved
from stacker.landed.returning import holding
from stacker.landed.trying import restacked, try_on
from stacker.series.compose import Halted, Standing, Waiting
from stacker.series.resolutions.solving import recall
from stacker.series.targets import targets_of
from stacker.upstream.commit import told_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forecast.culprit import Culprit
    from stacker.forecast.neighbours import Nearby
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.landed.trying import Tried
    from stacker.series.compose import Composition
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.upstream.commit import UpstreamCommit

    Neighbourhood = tuple[tuple[Nearby, UpstreamCommit], ...]


@dataclass(frozen=True, slots=True)
class ForecastRequest:
    """`onto` names a revision for some repositories (`""` is the default one); `fetch` allows to
    ask upstream."""

    onto: Mapping[str, str] = field(default_factory=dict)
    fetch: bool = True


def forecast(work: Workspace, request: ForecastRequest, told: Told | None = None) -> Forecast:
    """What a rebase would come to. Raises `SeriesError`, `GitError`, `UsageError`."""
    series = work.look(told)
    bases = series.lock.bases
    targets = targets_of(work, bases, request.onto, told, fetch=request.fetch)
    store = beside(work.store)
    series = holding(work.store, series, targets)
    what = restacked(series, series.composition(store, bases, {}))._replace(bases=targets)
    tried = try_on(what, bases, proved(work.store, series, targets))
    # What landed since is part of the question again: on the old base its change is missing.
    culprits = find_all(what, tried.outcomes.values(), bases)
    near = _neighbourhoods(what, tried, bases)
    stages = tuple(_stage(series, tried, stage, culprits, near) for stage in series.plan.order)
    lines = (first_parents(work.store, old, targets[name]) for name, old in bases.items())
    return Forecast(targets, stages, sum(map(len, lines)), series.edits)


def _stage(
    series: Series,
    tried: Tried,
    stage: StageId,
    culprits: Mapping[StageId, Culprit | None],
    near: Mapping[StageId, Neighbourhood],
) -> StageForecast:
    line = series.lock.stage(stage)
    match tried.outcomes.get(stage):
        case Standing():
            return StageForecast(stage, Fate.CLEAN, nearby=near.get(stage, ()))
        case Waiting(on=on):
            return StageForecast(stage, Fate.BLOCKED, waits_for=on)
        case Halted() as halted:
            clash = _clash(tried.what, halted, culprits.get(stage))
            return StageForecast(stage, Fate.CONFLICT, clash)
        case None if stage in tried.landed or series.landed(stage):
            landing = tried.landed.get(stage) or (line.landing if line else None)
            store = tried.what.store
            known = landing is not None and store.find(landing) is not None
            told = told_of(store, landing) if known and landing is not None else None
            return StageForecast(stage, Fate.LANDED, landing=told)
        case None:  # nothing was imported for its repository yet
            return StageForecast(stage, Fate.BLOCKED)
        case never:
            assert_never(never)


def _clash(what: Composition, halted: Halted, culprit: Culprit | None) -> Clash:
    of, file = halted.of, halted.file
    known = recall(what.resolutions, what.store, of, file, halted.stopped.conflict)
    return Clash(of, file, known.open, culprit)


def _neighbourhoods(
    what: Composition, tried: Tried, bases: Mapping[str, Oid]
) -> dict[StageId, Neighbourhood]:
    """What upstream did next to the stages that go through."""
    found: dict[StageId, Neighbourhood] = {}
    clean = [s for s, o in tried.outcomes.items() if isinstance(o, Standing)]
    patches = {s: [patch.commit for patch in what.patches[s]] for s in clean}
    by_patch = touched.by_patches(what.store, [oid for some in patches.values() for oid in some])
    own = {s: [file for oid in some for file in by_patch[oid]] for s, some in patches.items()}
    for repository in dict.fromkeys(what.repositories[s] for s in clean):
        here = {s: files for s, files in own.items() if what.repositories[s] == repository}
        old, new = bases[repository], what.bases[repository]
        if old != new:
            found |= _nearby(what, here, old, new)
    return found


def _nearby(
    what: Composition, own: Mapping[StageId, Sequence[touched.FileTouched]], old: Oid, new: Oid
) -> dict[StageId, Neighbourhood]:
    """The same for the stages of one repository, which goes from `old` to `new`."""
    store = what.store
    paths = {file.path for files in own.values() for file in files}
    around = watched(paths, (change.path for change in changes_between(store.git, old, new)))
    upstream = touched.by_upstream(store, old, new, sorted(around))
    left = [one.commit for one in upstream if any(f.gone and f.path in paths for f in one.files)]
    moved = {
        (oid, before): after
        for oid in left
        if store.commit(oid).parents
        for before, after in touched.moves(store, oid).items()
    }
    found = {stage: nearby(files, upstream, moved) for stage, files in own.items()}
    commits = {one.commit for some in found.values() for one in some}
    told = {oid: told_of(store, oid) for oid in commits}
    return {stage: tuple((one, told[one.commit]) for one in some) for stage, some in found.items()}
