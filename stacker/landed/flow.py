"""`stacker landed`: what has become of each stage upstream, proved by content.

Everything is tried in a store that is thrown away; of the series only files and store are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stacker.git.beside import beside
from stacker.landed.fate import Landed, WithChanges
from stacker.landed.finding import Finder
from stacker.landed.holding import with_gone
from stacker.landed.released import releases
from stacker.landed.since import first_bases
from stacker.landed.trying import restacked
from stacker.series.targets import targets_of
from stacker.upstream.commit import told_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.landed.fate import Fate
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.upstream.commit import UpstreamCommit


@dataclass(frozen=True, slots=True)
class LandedRequest:
    """Which stages, all if none; `onto` names a revision for some repositories (`""` is the default
    one); `fetch` allows to ask upstream."""

    stages: tuple[str, ...] = ()
    onto: Mapping[str, str] = field(default_factory=dict)
    fetch: bool = True


@dataclass(frozen=True, slots=True)
class StageLanded:
    """One stage. `gone` when it has left the series; `release` is the first that has it."""

    stage: StageId
    fate: Fate
    gone: bool
    release: str | None


@dataclass(frozen=True, slots=True)
class LandedReport:
    """The answer for the upstream commits `targets`; `commits` tells of all that it names."""

    targets: Mapping[str, Oid]
    stages: tuple[StageLanded, ...]
    commits: Mapping[Oid, UpstreamCommit]
    edits: tuple[str, ...]


def landed(work: Workspace, request: LandedRequest, told: Told | None = None) -> LandedReport:
    """What upstream has of the series. Raises `SeriesError`, `GitError`, `UsageError`."""
    series = work.look(told)
    wanted = {work.plan.stage(name).id for name in request.stages} or set(work.plan.order)
    bases = series.lock.bases
    targets = targets_of(work, bases, request.onto, told, fetch=request.fetch)
    store = beside(work.store)
    what = restacked(series, series.composition(store, bases, {}))._replace(bases=targets)
    finder = Finder(series, with_gone(what, series), first_bases(work.store, series))
    fates = {s: finder.fate(s) for s in work.plan.order if s in wanted}
    commits = {oid: told_of(store, oid) for fate in fates.values() for oid in _named(fate)}
    there = {s: f.commit for s, f in fates.items() if isinstance(f, Landed | WithChanges)}
    known = {s.stage: s.release for s in series.lock.stages if there.get(s.stage) == s.landing}
    asked = {s: oid for s, oid in there.items() if not known.get(s)}
    first = known | (releases(work, asked) if request.fetch else {})
    stages = tuple(StageLanded(s, f, series.landed(s), first.get(s)) for s, f in fates.items())
    return LandedReport(targets, stages, commits, series.edits)


def _named(fate: Fate) -> Iterator[Oid]:
    """All commits that a fate tells of."""
    hunks = getattr(fate, "hunks", ())
    ids = [getattr(fate, "commit", None), getattr(fate, "by", None)]
    for oid in (*ids, *(oid for hunk in hunks for oid in (hunk.commit, hunk.by))):
        if oid is not None:
            yield oid
