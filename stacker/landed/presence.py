"""Whether upstream's commits have a change: it is picked onto them, and brings nothing or it does.

A change is a commit with the state that it was made on as its only parent. Where it conflicts,
because the stages below it are lacking, it is tried on top of these as well.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, assert_never

from stacker.git.pick import Pick, Picked, Stopped
from stacker.git.replay.engine import replay
from stacker.series.compose import Composer, Halted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from stacker.git.objects import Oid
    from stacker.git.pick import PickOutcome
    from stacker.series.compose import Composition
    from stacker.series.plan.model import StageId


class State(StrEnum):
    """What a commit makes of a change."""

    HAS = "has"  # it brings nothing there
    LACKS = "lacks"  # it brings something there
    UNCLEAR = "unclear"  # it conflicts there: the same lines are otherwise


class Change(NamedTuple):
    """What a stage changes, or a part of it, as a commit."""

    stage: StageId
    commit: Oid


class Probes:
    """Asks git, many questions at once, and each of them once.

    Much is written to the store of `what`, and all of it may be thrown away.
    """

    def __init__(self, what: Composition) -> None:
        self.what = what._replace(picks=dict(what.picks))
        self._known: dict[tuple[Change, Oid], State] = {}
        self._composers: dict[tuple[str, Oid], Composer] = {}

    def ask(self, asked: Iterable[tuple[Change, Oid]]) -> None:
        """Find out all of these now."""
        new = [pair for pair in dict.fromkeys(asked) if pair not in self._known]
        states = self._picked([(change.commit, commit) for change, commit in new])
        self._known |= zip(new, states, strict=True)
        again: list[tuple[Change, Oid]] = []
        onto: list[tuple[Oid, Oid]] = []
        for (change, commit), state in zip(new, states, strict=True):
            below = self._below(change.stage, commit) if state is State.UNCLEAR else None
            if below is not None:
                again.append((change, commit))
                onto.append((change.commit, below))
        self._known |= zip(again, self._picked(onto), strict=True)

    def state(self, change: Change, commit: Oid) -> State:
        """What `commit` makes of `change`."""
        self.ask([(change, commit)])
        return self._known[change, commit]

    def tree(self, commits: Sequence[Oid], onto: Oid) -> Oid | None:
        """The tree that these changes give, one after the other, on `onto`; `None`: a conflict."""
        picks = [Pick(old, n - 1 if n else onto) for n, old in enumerate(commits)]
        last = replay(self.what.store, picks)[-1]
        return self.what.store.commit(last.commit).tree if isinstance(last, Picked) else None

    def _picked(self, pairs: Sequence[tuple[Oid, Oid]]) -> list[State]:
        outcomes = replay(self.what.store, [Pick(old, onto) for old, onto in pairs])
        return [_state(one) for one in outcomes]

    def _below(self, stage: StageId, commit: Oid) -> Oid | None:
        """All that the stage needs, put on `commit`."""
        chain = self.what.chains.get(stage, ())[:-1]
        if not chain:
            return None
        repository = self.what.repositories[stage]
        if (repository, commit) not in self._composers:
            bases = {**self.what.bases, repository: commit}
            self._composers[repository, commit] = Composer(self.what._replace(bases=bases))
        tip = self._composers[repository, commit].tip(repository, chain)
        return None if isinstance(tip, Halted) else tip


def _state(outcome: PickOutcome | None) -> State:
    match outcome:
        case Picked(emptied=True):
            return State.HAS
        case Picked():
            return State.LACKS
        case Stopped() | None:
            return State.UNCLEAR
        case never:
            assert_never(never)
