"""Chains as commits: each stage's patches put on all it needs, equal prefixes shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from stacker.git.pick import Picked, Stopped, pick, place
from stacker.series import resolutions

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.plan import StageId
    from stacker.series.resolutions import Resolution, Resolutions


@dataclass(frozen=True, slots=True)
class PatchCommit:
    """A patch as a commit whose only parent is the patch's preimage; `file` is its file's name."""

    file: str
    commit: Oid


@dataclass(frozen=True, slots=True)
class Solved:
    """A remembered resolution that was applied."""

    stage: StageId
    resolution: Resolution


@dataclass(frozen=True, slots=True)
class Standing:
    """A chain that went through: its own patches' new commits stand on `below`."""

    stage: StageId
    below: Oid
    patches: tuple[PatchCommit, ...]
    emptied: tuple[bool, ...]
    solved: tuple[Solved, ...]

    @property
    def tip(self) -> Oid:
        """The chain's last commit."""
        return self.patches[-1].commit if self.patches else self.below


@dataclass(frozen=True, slots=True)
class Halted:
    """A chain that stops at a conflict of its own: patch `file` of stage `of`."""

    stage: StageId
    of: StageId
    file: str
    stopped: Stopped


@dataclass(frozen=True, slots=True)
class Waiting:
    """A chain that cannot be tried before the conflict of another stage is solved."""

    stage: StageId
    on: StageId


Outcome = Standing | Halted | Waiting


@dataclass(frozen=True, slots=True)
class _Stop:
    of: StageId
    file: str
    stopped: Stopped


_Layer = tuple[tuple[PatchCommit, ...], tuple[bool, ...], tuple[Solved, ...]]


@dataclass(frozen=True, slots=True)
class Composition:
    """What is to be composed: each stage's patches, its chain, and where chains stand.

    `picks` remembers (old commit, new parent) -> new commit over several runs.
    """

    store: ObjectStore
    bases: Mapping[str, Oid]
    chains: Mapping[StageId, tuple[StageId, ...]]
    repositories: Mapping[StageId, str]
    patches: Mapping[StageId, Sequence[PatchCommit]]
    resolutions: Resolutions
    picks: MutableMapping[tuple[Oid, Oid], Oid]


class Composer:
    """Composes chains of one composition, each prefix once."""

    def __init__(self, what: Composition) -> None:
        self._what = what
        # A node of the prefix tree: (parent commit, stage) -> that stage put on the parent.
        self._layers: dict[tuple[Oid, StageId], _Layer | _Stop] = {}
        self._outcomes: dict[StageId, Outcome] = {}

    def outcome(self, stage: StageId) -> Outcome:
        """What became of the stage's own chain."""
        if stage not in self._outcomes:
            self._outcomes[stage] = self._compose(stage)
        return self._outcomes[stage]

    def tip(self, repository: str, stages: Sequence[StageId]) -> Oid | Halted:
        """The commit of any chain of stages on the base of `repository`, or where it stops."""
        here = self._what.bases[repository]
        for stage in stages:
            layer = self._layer(here, stage)
            if isinstance(layer, _Stop):
                return Halted(stage, layer.of, layer.file, layer.stopped)
            if layer[0]:
                here = layer[0][-1].commit
        return here

    def _compose(self, stage: StageId) -> Outcome:
        *below, _ = self._what.chains[stage]
        for need in below:
            match self.outcome(need):
                case Standing():
                    continue
                case Halted() | Waiting(on=_) as stopped:
                    on = stopped.on if isinstance(stopped, Waiting) else stopped.stage
                    return Waiting(stage, on)
                case never:
                    assert_never(never)
        parent = self.tip(self._what.repositories[stage], below)
        if isinstance(parent, Halted):  # needs that are clean alone, but not on each other
            return Halted(stage, parent.of, parent.file, parent.stopped)
        layer = self._layer(parent, stage)
        if isinstance(layer, _Stop):
            return Halted(stage, layer.of, layer.file, layer.stopped)
        return Standing(stage, parent, *layer)

    def _layer(self, parent: Oid, stage: StageId) -> _Layer | _Stop:
        key = (parent, stage)
        if key not in self._layers:
            self._layers[key] = self._put(parent, stage)
        return self._layers[key]

    def _put(self, parent: Oid, stage: StageId) -> _Layer | _Stop:
        done: list[PatchCommit] = []
        emptied: list[bool] = []
        solved: list[Solved] = []
        here = parent
        for patch in self._what.patches[stage]:
            outcome, used = self._pick(patch, here, stage)
            if isinstance(outcome, Stopped):
                return _Stop(stage, patch.file, outcome)
            here = outcome.commit
            done.append(PatchCommit(patch.file, here))
            emptied.append(outcome.emptied)
            solved += [Solved(stage, one) for one in used]
        return tuple(done), tuple(emptied), tuple(solved)

    def _pick(
        self, patch: PatchCommit, onto: Oid, stage: StageId
    ) -> tuple[Picked | Stopped, tuple[Resolution, ...]]:
        store, known = self._what.store, self._what.picks.get((patch.commit, onto))
        if known is not None and store.find(known) is not None:
            return place(store, patch.commit, onto, store.commit(known).tree), ()
        outcome = pick(store, patch.commit, onto)
        used: tuple[Resolution, ...] = ()
        if isinstance(outcome, Stopped):
            used = self._what.resolutions.matching(store, stage, patch.file, outcome.conflict)
            if not used:
                return outcome, ()
            tree = resolutions.apply(store, outcome.conflict.tree, used)
            outcome = place(store, patch.commit, onto, tree)
        else:
            self._what.picks[patch.commit, onto] = outcome.commit
        return outcome, used
