"""Finds out what became of stages upstream: of each as a whole first, then of its hunks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.git.changes import changes_between
from stacker.landed.changes import pieces_of
from stacker.landed.fate import (
    Hunk,
    HunkState,
    Landed,
    NotLanded,
    Reverted,
    hunk_fate,
    of_proved,
    of_unproved,
)
from stacker.landed.holding import changes_of_landed, contains, taken_out
from stacker.landed.likely import is_likely
from stacker.landed.line import courses, line_of, read_marks
from stacker.landed.presence import Probes
from stacker.landed.proof import Prover
from stacker.landed.suspects import look_at, stays, wholes_of
from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.filediff import parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.landed.fate import Fate
    from stacker.landed.line import Line
    from stacker.landed.marks import Marks
    from stacker.landed.presence import Change
    from stacker.landed.suspects import Seen
    from stacker.series.compose import Composition
    from stacker.series.loading import Series
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import StageId


class Finder:
    """Answers for one stage after the other; what it tried is not tried again.

    `what` has all stages, also those that have left the series, and stands on upstream's commits;
    Upstream is looked through from `firsts` on, the first bases of the series: what landed and was
    reverted may be older than those that it has now. Much is written to the store of `what`.
    """

    def __init__(self, series: Series, what: Composition, firsts: Mapping[str, Oid]) -> None:
        self._series, self._firsts = series, firsts
        self._probes = Probes(what)
        self._what = self._probes.what
        self._wholes = wholes_of(self._what)
        self._lines: dict[tuple[Oid, Oid], Line] = {}
        self._seen: dict[Oid | None, dict[StageId, Seen]] = {}
        self._read: dict[Oid | None, Mapping[Oid, Marks]] = {}

    def fate(self, stage: StageId) -> Fate:
        """What has become of a stage."""
        line = self._series.lock.stage(stage)
        if line is not None and line.landed and line.landing is not None:
            return self._of_gone(line)
        if stage not in self._wholes:
            return NotLanded()
        along = self._line(stage)
        seen = self._look(stage, along)
        one = seen.get(stage)
        if one is None:
            return NotLanded()
        if one.landing is None:
            return self._unproved(one, along)
        others = tuple(s for s in one.landing.stages if s != stage)
        left = along.at(one.course.left) if one.course.left is not None else None
        if left is None and one.course.altered is None:
            return Landed(one.landing.commit, others)
        hunks = self._hunks(self._wholes[stage], along)
        out = left or any(hunk.state is HunkState.REVERTED for hunk in hunks)
        if not out and not stays(self._probes, along, stage, seen):
            return of_unproved(hunks)
        return of_proved(one.landing.commit, left, others, hunks)

    def _of_gone(self, line: StageLock) -> Fate:
        """A stage that has left: the lock knows its landing."""
        assert line.landing is not None
        target = self._what.bases[line.repository]
        if not contains(self._what.store, target, line.landing):
            return NotLanded()
        changes = changes_of_landed(self._what, line)
        left, by = taken_out(self._probes, line.landing, changes, target)
        if by is not None:
            return Reverted(line.landing, by)
        if left and line.stage in self._wholes:  # and landed again
            seen = self._look(line.stage, self._line(line.stage)).get(line.stage)
            if seen is not None and seen.landing is not None:
                return Landed(seen.landing.commit)
        lines = self._series.lock.stages
        same = (x.stage for x in lines if x.landed and x.landing == line.landing)
        return Landed(line.landing, tuple(s for s in same if s != line.stage))

    def _line(self, stage: StageId) -> Line:
        """Upstream's commits since the series' first base; since its landing, if one is known."""
        store, repository = self._what.store, self._what.repositories[stage]
        line = self._series.lock.stage(stage)
        old, target = self._firsts[repository], self._what.bases[repository]
        known = (line.landing or (line.reverted and line.reverted.landing)) if line else None
        if known is not None and contains(store, target, known):
            old = next(iter(store.commit(known).parents), old)
        if (old, target) not in self._lines:
            self._lines[old, target] = line_of(store, old, target)
        return self._lines[old, target]

    def _look(self, stage: StageId, along: Line) -> Mapping[StageId, Seen]:
        """What became of all stages of the same repository along a line."""
        if along.before not in self._seen:
            homes = self._what.repositories
            own = [c for s, c in self._wholes.items() if homes[s] == homes[stage]]
            prover = Prover(self._probes, own)
            self._seen[along.before] = look_at(self._probes, along, own, prover)
        return self._seen[along.before]

    def _unproved(self, one: Seen, along: Line) -> Fate:
        hunks = self._confirmed(one.change, self._hunks(one.change, along))
        beyond = list(self._beyond(one)) if one.course.in_force else []
        return of_unproved(hunks, beyond)

    def _hunks(self, whole: Change, along: Line) -> list[Hunk]:
        patches = self._what.patches[whole.stage]
        pieces = pieces_of(self._what.store, whole, patches)
        found = courses(
            self._probes, along, [piece.change for piece in pieces], self._marks(whole, along)
        )
        return [hunk_fate(p.patches, p.path, p.what, found[p.change], along) for p in pieces]

    def _marks(self, whole: Change, along: Line) -> Mapping[Oid, Marks]:
        """What a line changes of all files of the repository's stages, read once."""
        if along.before not in self._read:
            homes = self._what.repositories
            own = [c for s, c in self._wholes.items() if homes[s] == homes[whole.stage]]
            self._read[along.before] = read_marks(self._what.store, along, own)
        return self._read[along.before]

    def _confirmed(self, whole: Change, hunks: Sequence[Hunk]) -> list[Hunk]:
        """Hunks that "came otherwise" with a commit that has nothing of the stage did not come."""
        brought = {hunk.commit for hunk in hunks if hunk.state is HunkState.LANDED}
        others = {h.commit for h in hunks if h.state is HunkState.DIFFERS} - brought - {None}
        brought |= {oid for oid in others if oid is not None and self._is_likely(whole, oid)}
        return [
            replace(hunk, state=HunkState.MISSING, commit=None)
            if hunk.state is HunkState.DIFFERS and hunk.commit not in brought
            else hunk
            for hunk in hunks
        ]

    def _is_likely(self, whole: Change, commit: Oid) -> bool:
        store, stage = self._what.store, self._series.plan.stage(whole.stage)
        line = self._series.lock.stage(whole.stage)
        numbers = {line.pull if line else None, stage.adopts} - {None}
        subjects = {store.commit(p.commit).subject for p in self._what.patches[whole.stage]}
        return is_likely(
            store, commit, whole.commit, pulls={n for n in numbers if n}, subjects=subjects
        )

    def _beyond(self, one: Seen) -> Iterator[Hunk]:
        """What the commit that brought a whole stage has besides."""
        store = self._what.store
        assert one.commit is not None
        commit = store.commit(one.commit)
        if not commit.parents:
            return
        made = self._probes.tree([one.change.commit], commit.parents[0])
        if made is None:
            return
        texts = {
            part.new_path: part
            for part in parts(diffs_between(store, [(made, commit.tree)], renames=False)[0])
        }
        for change in changes_between(store.git, made, commit.tree):
            part = texts.get(change.path)
            heads = [h.head for h in part.hunks] if part and change.before and change.after else []
            for what in heads or ["file"]:
                yield Hunk((), change.path, what, HunkState.BEYOND, one.commit)
