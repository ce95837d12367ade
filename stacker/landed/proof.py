"""A stage has landed when putting it on a commit's parent gives that commit's very tree.

Stages may have landed together in one commit, in whatever order and whether or not they need each
other: then it is all of them, put one on the other, that give the tree. Of a merge that brought
more than the stage, the commit inside that brought the stage is proved in the same way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.history import commits_between
from stacker.landed.changes import run_of
from stacker.landed.presence import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.git.objects import Oid
    from stacker.landed.presence import Change, Probes
    from stacker.series.plan.model import StageId

_MOST_INSIDE = 50  # commits; a merge of more is a merge of a whole line


class Landing(NamedTuple):
    """The commit that brought these stages in, and nothing else, and changed nothing of them.

    `run` are those of them that are proved only as one, `run_change`: they change the same lines.
    """

    commit: Oid
    stages: tuple[StageId, ...]
    run: tuple[StageId, ...] = ()
    run_change: Change | None = None


class Prover:
    """Proves landings of the stages whose changes are `wholes`, in plan order."""

    def __init__(self, probes: Probes, wholes: Sequence[Change]) -> None:
        self._probes, self._wholes = probes, wholes
        self._proved: dict[Oid, Landing | None] = {}

    def landing(self, stage: StageId, commit: Oid) -> Landing | None:
        """The landing of `stage` in `commit`, or in one that this merges."""
        for one in (commit, *self._inside(commit)):
            found = self._of(one)
            if found is not None and stage in found.stages:
                return found
        return None

    def _inside(self, merge: Oid) -> Iterator[Oid]:
        store = self._probes.what.store
        parents = store.commit(merge).parents
        if len(parents) > 1:
            brought = commits_between(store, parents[0], merge)[:-1]
            yield from brought if len(brought) <= _MOST_INSIDE else ()

    def _of(self, commit: Oid) -> Landing | None:
        if commit not in self._proved:
            self._proved[commit] = self._proof(commit)
        return self._proved[commit]

    def _proof(self, commit: Oid) -> Landing | None:
        """The stages that `commit` brought, if they and nothing else are what it brought."""
        probes, what = self._probes, self._probes.what
        here = what.store.commit(commit)
        if not here.parents:
            return None
        parent = here.parents[0]
        probes.ask((change, oid) for change in self._wholes for oid in (commit, parent))
        came = [
            change
            for change in self._wholes
            if probes.state(change, commit) is State.HAS
            and probes.state(change, parent) is not State.HAS
        ]
        chains = [[c for c in came if c.stage in what.chains.get(o.stage, ())] for o in came]
        for some in (came, *chains):
            if some and probes.tree([change.commit for change in some], parent) == here.tree:
                return Landing(commit, tuple(change.stage for change in some))
        return next(self._runs(commit, came), None)

    def _runs(self, commit: Oid, came: Sequence[Change]) -> Iterator[Landing]:
        """Stages below one that came, taken together with it: they came too, if that gives the
        tree. Alone they conflict, for it changes their lines."""
        probes, what = self._probes, self._probes.what
        here = what.store.commit(commit)
        for last in reversed(came):
            chain = what.chains.get(last.stage, ())
            for start in reversed(range(len(chain) - 1)):
                run = chain[start:]
                change = run_of(what, run)
                if change is None:
                    continue
                rest = [one for one in came if one.stage not in run]
                order = [change.commit, *(one.commit for one in rest)]
                if probes.tree(order, here.parents[0]) == here.tree:
                    stages = (*run, *(one.stage for one in rest))
                    yield Landing(commit, stages, run, change)
