"""The upstream commit that broke a stage first, found by bisecting upstream's first-parent line.

The law: the stage's chain goes through on the culprit's first parent, and stops on the culprit.
Both are tried, never inferred, so it holds where upstream breaks, mends and breaks again. What
became of the conflicted files alone only says what to try first.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from stacker.forecast.alone import stops_alone
from stacker.forecast.bisecting import first_stop
from stacker.forecast.inside import breaking_inside
from stacker.git.history import first_parents, touching
from stacker.series.compose import Composer, Halted
from stacker.series.resolutions.markers import cut, sides_of_hunk
from stacker.series.resolutions.solving import with_hunks
from stacker.upstream.commit import told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stacker.git.merge import Conflicted
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.compose import Composition, Outcome
    from stacker.series.plan.model import StageId
    from stacker.upstream.commit import UpstreamCommit

_MOST_ALONE = 200  # versions of files; to try more takes longer than to bisect


class Hunk(NamedTuple):
    """One place in a file that both sides changed: what each has there, and what was before."""

    path: bytes
    upstream: bytes
    before: bytes
    mine: bytes


class Culprit(NamedTuple):
    """An upstream commit that broke a stage, and the conflict on it.

    `inside` is the commit inside a merge that did it, where that is certain. `paths` and `hunks`
    are of the conflict; files that are not merged line by line have no hunks.
    """

    commit: UpstreamCommit
    inside: UpstreamCommit | None
    paths: tuple[bytes, ...]
    hunks: tuple[Hunk, ...]


class Probes:
    """Chains put on upstream's commits to see whether they go through.

    On one commit, what several chains begin with is composed once. `made` counts by stage.
    """

    def __init__(self, what: Composition) -> None:
        self.what = what
        self._composers: dict[tuple[str, Oid], Composer] = {}
        self.made: Counter[StageId] = Counter()

    def stop(self, stage: StageId, base: Oid) -> Halted | None:
        """Where the stage's chain stops on `base`; `None` when it goes through."""
        self.made[stage] += 1
        what, repository = self.what, self.what.repositories[stage]
        if (repository, base) not in self._composers:
            bases = {**what.bases, repository: base}
            self._composers[repository, base] = Composer(what._replace(bases=bases))
        found = self._composers[repository, base].tip(repository, what.chains[stage])
        return found if isinstance(found, Halted) else None


def find_all(
    what: Composition, outcomes: Iterable[Outcome], good: Mapping[str, Oid]
) -> dict[StageId, Culprit | None]:
    """The culprit of every stage that stopped on the bases of `what`; `good` are those before.

    `None` where no commit can be named: the base before is not in upstream's history, say. Much
    is written to the store of `what`, and all of it may be thrown away.
    """
    probes = Probes(what)
    return {
        one.stage: find(probes, one, base)
        for one in outcomes
        if isinstance(one, Halted) and (base := good.get(what.repositories[one.stage])) is not None
    }


def find(probes: Probes, halted: Halted, good: Oid) -> Culprit | None:
    """The culprit of a stage that went through on `good` and stops on the base that it has now.

    With n commits between them at most ceil(log2 n) + 2 probes are made.
    """
    stage, store = halted.stage, probes.what.store
    bad = probes.what.bases[probes.what.repositories[stage]]
    line = first_parents(store, good, bad)
    if not line:
        return None
    stopped = {len(line) - 1: halted}

    def stops(place: int) -> bool:
        found = probes.stop(stage, line[place])
        if found is not None:
            stopped[place] = found
        return found is not None

    likely = _likely(store, halted.stopped.conflict, good, bad)
    at = first_stop(len(line), [n for n, oid in enumerate(line) if oid in likely], stops)
    if at == 0:  # nobody has tried what is before the first
        before = store.commit(line[0]).parents[:1]
        if not before or probes.stop(stage, before[0]):
            return None
    return _described(store, line[at], stopped[at].stopped.conflict)


def _likely(store: ObjectStore, conflicted: Conflicted, good: Oid, bad: Oid) -> set[Oid]:
    """The commits that changed the files in conflict; if that tells, those that broke them."""
    touched = touching(store, good, bad, [conflict.path for conflict in conflicted.conflicts])
    if not 1 < len(touched) <= _MOST_ALONE:
        return set(touched)
    stops = stops_alone(store, (good, *touched), conflicted.conflicts)
    turns = {oid for before, oid in pairwise((good, *touched)) if stops[oid] and not stops[before]}
    return turns or set(touched)


def _described(store: ObjectStore, oid: Oid, conflicted: Conflicted) -> Culprit:
    is_merge = len(store.commit(oid).parents) > 1
    inside = breaking_inside(store, oid, conflicted) if is_merge else None
    return Culprit(
        commit=told_of(store, oid),
        inside=told_of(store, inside) if inside else None,
        paths=tuple(conflict.path for conflict in conflicted.conflicts),
        hunks=tuple(_hunks(store, conflicted)),
    )


def _hunks(store: ObjectStore, conflicted: Conflicted) -> Iterator[Hunk]:
    for conflict in conflicted.conflicts:
        content = with_hunks(store, conflicted, conflict)
        parts = cut(content) if content is not None else None
        for hunk in parts.hunks if parts else ():
            sides = sides_of_hunk(hunk)
            if sides is not None:
                yield Hunk(conflict.path, *sides)
