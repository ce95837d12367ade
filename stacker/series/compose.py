"""Chains as commits: each stage's patches put on all it needs, equal prefixes shared."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, assert_never

from stacker.git.pick import Help, Pick, Picked, Stopped
from stacker.git.replay.engine import replay

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping, MutableMapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.pick import PickOutcome
    from stacker.git.store import ObjectStore
    from stacker.series.plan.model import StageId
    from stacker.series.resolutions.remembered import Resolutions
    from stacker.series.resolutions.resolution import Resolution


class PatchCommit(NamedTuple):
    """A patch as a commit whose only parent is the patch's preimage; `file` is its file's name."""

    file: str
    commit: Oid


class Solved(NamedTuple):
    """A remembered resolution that was applied; `carried` to an otherwise changed file."""

    stage: StageId
    resolution: Resolution
    carried: bool


class Standing(NamedTuple):
    """A chain that went through: its own patches' new commits stand on `below`.

    Of each patch, `emptied` says that its change was there already, `kept` that it changes the
    very same leaves as before.
    """

    stage: StageId
    below: Oid
    patches: tuple[PatchCommit, ...]
    emptied: tuple[bool, ...]
    solved: tuple[Solved, ...]
    kept: tuple[bool, ...]

    @property
    def tip(self) -> Oid:
        """The chain's last commit."""
        return self.patches[-1].commit if self.patches else self.below


class Halted(NamedTuple):
    """A chain that stops at a conflict of its own: patch `file` of stage `of`."""

    stage: StageId
    of: StageId
    file: str
    stopped: Stopped


class Waiting(NamedTuple):
    """A chain that cannot be tried before the conflict of another stage is solved."""

    stage: StageId
    on: StageId


Outcome = Standing | Halted | Waiting


class Composition(NamedTuple):
    """What is to be composed: each stage's patches, its chain, and where chains stand.

    `picks` remembers (old commit, new parent) -> new commit over several runs; `texts` may have
    the patches' texts, which only save time.
    """

    store: ObjectStore
    bases: Mapping[str, Oid]
    chains: Mapping[StageId, tuple[StageId, ...]]
    repositories: Mapping[StageId, str]
    patches: Mapping[StageId, Sequence[PatchCommit]]
    resolutions: Resolutions
    picks: MutableMapping[tuple[Oid, Oid], Oid]
    texts: Callable[[StageId, str], bytes] = lambda _, __: b""


class _Stop(NamedTuple):
    of: StageId
    file: str
    stopped: Stopped


class _Layer(NamedTuple):
    """A stage put on the chain below it."""

    below: Oid
    patches: tuple[PatchCommit, ...]
    picked: tuple[Picked, ...]
    solved: tuple[Solved, ...]

    @property
    def tip(self) -> Oid:
        return self.patches[-1].commit if self.patches else self.below


_Key = tuple[str, tuple["StageId", ...]]
"""A node of the prefix tree of chains: a repository, and the beginning of a chain."""


class _Asked(NamedTuple):
    """A layer on its way: the numbers of its picks."""

    key: _Key
    numbers: range


class Composer:
    """Composes chains of one composition; those asked for together are composed together."""

    def __init__(self, what: Composition) -> None:
        self._what = what
        self._layers: dict[_Key, _Layer | _Stop] = {}
        self._outcomes: dict[StageId, Outcome] = {}

    def outcomes(self) -> dict[StageId, Outcome]:
        """What became of every stage's own chain."""
        return self._settle(tuple(self._what.chains))

    def outcome(self, stage: StageId) -> Outcome:
        """What became of the stage's own chain."""
        if stage not in self._outcomes:
            self._settle(self._what.chains[stage])
        return self._outcomes[stage]

    def tip(self, repository: str, stages: Sequence[StageId]) -> Oid | Halted:
        """The commit of any chain of stages on the base of `repository`, or where it stops."""
        if not stages:
            return self._what.bases[repository]
        key = repository, tuple(stages)
        self._compose([key])
        match self._layers[key]:
            case _Stop(of=of, file=file, stopped=stopped):
                return Halted(of, of, file, stopped)
            case _Layer() as layer:
                return layer.tip

    def _settle(self, stages: Sequence[StageId]) -> dict[StageId, Outcome]:
        """The outcomes of `stages`, each after those that it needs."""
        keys = {s: (self._what.repositories[s], self._what.chains[s]) for s in stages}
        self._compose(list(keys.values()))
        for stage, key in keys.items():
            if stage not in self._outcomes:
                self._outcomes[stage] = self._judge(stage, self._layers[key])
        return {stage: self._outcomes[stage] for stage in stages}

    def _judge(self, stage: StageId, layer: _Layer | _Stop) -> Outcome:
        below = self._what.chains[stage][:-1]
        # One whole chain answers for all stages in it.
        nearest = below[-1:] if below and self._what.chains[below[-1]] == below else below
        for need in nearest:
            match self.outcome(need):
                case Standing():
                    continue
                case Halted(stage=on) | Waiting(on=on):
                    return Waiting(stage, on)
                case never:
                    assert_never(never)
        match layer:
            case _Stop(of=of, file=file, stopped=stopped):  # of a need, if clean only alone
                return Halted(stage, of, file, stopped)
            case _Layer(below=under, patches=patches, picked=picked, solved=solved):
                emptied, kept = tuple(p.emptied for p in picked), tuple(p.kept for p in picked)
                return Standing(stage, under, patches, emptied, solved, kept)

    def _compose(self, keys: Sequence[_Key]) -> None:
        """Make the layers of these chains, all at once."""
        asked: list[_Asked] = []
        picks: list[Pick] = []
        owners: list[tuple[StageId, PatchCommit]] = []
        ends: dict[_Key, Oid | int | _Stop] = {}
        for key in keys:
            for node in self._missing(key, ends):
                repository, chain = node
                onto = self._end((repository, chain[:-1]), ends)
                if isinstance(onto, _Stop):
                    ends[node] = self._layers[node] = onto
                    continue
                first = len(picks)
                for patch in self._what.patches[chain[-1]]:
                    picks.append(Pick(patch.commit, onto))
                    owners.append((chain[-1], patch))
                    onto = len(picks) - 1
                ends[node] = onto
                asked.append(_Asked(node, range(first, len(picks))))
        solved: dict[int, tuple[Solved, ...]] = {}
        outcomes = replay(self._what.store, picks, self._help(owners, solved))
        for one in asked:
            self._layers[one.key] = self._layer(one, owners, outcomes, solved)

    def _missing(self, key: _Key, known: Container[_Key]) -> list[_Key]:
        """The nodes on the way to `key` that nobody made or asked for, lowest first."""
        repository, chain = key
        found: list[_Key] = []
        while (
            chain and (repository, chain) not in self._layers and (repository, chain) not in known
        ):
            found.append((repository, chain))
            chain = chain[:-1]
        return found[::-1]

    def _end(self, key: _Key, ends: Mapping[_Key, Oid | int | _Stop]) -> Oid | int | _Stop:
        """What the next layer comes on: a commit, a pick on its way, or a conflict."""
        if key in ends:
            return ends[key]
        if not key[1]:
            return self._what.bases[key[0]]
        layer = self._layers[key]
        return layer if isinstance(layer, _Stop) else layer.tip

    def _help(
        self,
        owners: Sequence[tuple[StageId, PatchCommit]],
        solved: dict[int, tuple[Solved, ...]],
    ) -> Help:
        what = self._what
        texts = {patch.commit: (stage, patch.file) for stage, patch in owners}

        def solve(number: int, stopped: Stopped) -> Oid | None:
            from stacker.series.resolutions import solving  # noqa: PLC0415 - there is seldom a conflict

            stage, patch = owners[number]
            known = what.resolutions
            found = solving.solve(known, what.store, stage, patch.file, stopped.conflict)
            if found is None:
                return None
            solved[number] = tuple(Solved(stage, o.resolution, o.carried) for o in found.used)
            return found.tree

        return Help(
            text_of=lambda old: what.texts(*texts[old]),
            known=lambda old, onto: what.picks.get((old, onto)),
            solve=solve,
        )

    def _layer(
        self,
        asked: _Asked,
        owners: Sequence[tuple[StageId, PatchCommit]],
        outcomes: Sequence[PickOutcome | None],
        solved: Mapping[int, tuple[Solved, ...]],
    ) -> _Layer | _Stop:
        repository, chain = asked.key
        below = self._layers[repository, chain[:-1]] if len(chain) > 1 else None
        if isinstance(below, _Stop):
            return below
        start = here = below.tip if below else self._what.bases[repository]
        patches: list[PatchCommit] = []
        picked: list[Picked] = []
        for number in asked.numbers:
            (stage, patch), outcome = owners[number], outcomes[number]
            if not isinstance(outcome, Picked):
                assert outcome is not None, "only what stands on a conflict has no outcome"
                return _Stop(stage, patch.file, outcome)
            if number not in solved:
                self._what.picks[patch.commit, here] = outcome.commit
            here = outcome.commit
            patches.append(PatchCommit(patch.file, here))
            picked.append(outcome)
        used = (one for number in asked.numbers for one in solved.get(number, ()))
        return _Layer(start, tuple(patches), tuple(picked), tuple(used))
