"""Upstream's first-parent line, along which changes are looked for.

The commits that change lines of a change are tried, and the last one; where the answer turns
between two of them, its place is found by bisecting, so that it holds for a commit and its parent,
both tried.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.history import first_parents
from stacker.landed.course import course
from stacker.landed.marks import marks_of, meet, upstream_marks
from stacker.landed.presence import State

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.landed.course import Course
    from stacker.landed.marks import Marks
    from stacker.landed.presence import Change, Probes

_MOST = 100
"""Commits that are tried for one change before bisecting; of more, as many at even distances."""

_MOST_IN_ALL = 4000
"""Commits that are tried for many changes together."""


class Line(NamedTuple):
    """Commits, oldest first, and the one before them, if there is one."""

    commits: tuple[Oid, ...]
    before: Oid | None

    def at(self, place: int) -> Oid | None:
        """The commit at a place; -1 is the one before all."""
        return self.commits[place] if place >= 0 else self.before


def line_of(store: ObjectStore, old: Oid, new: Oid) -> Line:
    """The line that `new` has and `old` has not."""
    commits = first_parents(store, old, new)
    parents = store.commit(commits[0]).parents if commits else ()
    return Line(commits, parents[0] if parents else None)


def read_marks(store: ObjectStore, line: Line, changes: Iterable[Change]) -> Mapping[Oid, Marks]:
    """What the commits of a line change of the paths that `changes` touch."""
    return _theirs(store, line, marks_of(store, changes)) if line.commits else {}


def courses(
    probes: Probes,
    line: Line,
    changes: Collection[Change],
    theirs: Mapping[Oid, Marks] | None = None,
) -> dict[Change, Course]:
    """What became of each change along the line; `theirs` are the line's marks, if they are read
    already for all paths of the changes."""
    if not line.commits or not changes:
        return {}
    store = probes.what.store
    own = marks_of(store, changes)
    tried = _places(line, own, theirs if theirs is not None else _theirs(store, line, own))
    known: dict[Change, dict[int, State]] = {change: {} for change in changes}
    tries = 0
    while any(tried.values()):
        _ask(probes, line, tried, known)
        tried = {change: _between(found, first=not tries) for change, found in known.items()}
        tries += 1
    return {change: course(_turns(found)) for change, found in known.items()}


def _theirs(store: ObjectStore, line: Line, wanted: Mapping[Change, Marks]) -> Mapping[Oid, Marks]:
    paths = dict.fromkeys(path for marks in wanted.values() for path in marks)
    return upstream_marks(store, line.before or line.commits[0], line.commits[-1], paths)


def _places(
    line: Line, wanted: Mapping[Change, Marks], theirs: Mapping[Oid, Marks]
) -> dict[Change, set[int]]:
    """What to try first. A place tells of every commit from it on, up to the next one."""
    numbered = [(n, theirs[oid]) for n, oid in enumerate(line.commits) if oid in theirs]
    most = max(1, min(_MOST, _MOST_IN_ALL // len(wanted)))
    return {
        change: {-1, len(line.commits) - 1,
                 *_thinned([n for n, marks in numbered if meet(own, marks)], most)}
        for change, own in wanted.items()
    }  # fmt: skip


def _ask(
    probes: Probes,
    line: Line,
    tried: Mapping[Change, set[int]],
    known: dict[Change, dict[int, State]],
) -> None:
    asked = [(c, n, oid) for c, some in tried.items() for n in some if (oid := line.at(n))]
    probes.ask((change, oid) for change, _, oid in asked)
    for change, some in tried.items():
        known[change] |= dict.fromkeys(some & {-1}, State.LACKS)  # before all history
    for change, n, oid in asked:
        known[change][n] = probes.state(change, oid)


def _thinned(places: Sequence[int], most: int) -> Sequence[int]:
    count = len(places)
    return places if count <= most else [places[n * count // most] for n in range(most)]


def _between(known: Mapping[int, State], *, first: bool) -> set[int]:
    """What to try between two places with other answers: most turns are at the second one."""
    return {
        there - 1 if first else (here + there) // 2
        for here, there in pairwise(sorted(known))
        if known[here] is not known[there] and there - here > 1
    }


def _turns(known: Mapping[int, State]) -> list[tuple[int, State]]:
    turns: list[tuple[int, State]] = []
    for place in sorted(known):
        if not turns or turns[-1][1] is not known[place]:
            turns.append((place, known[place]))
    return turns
