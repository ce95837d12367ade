"""What changed in a stage since its earlier versions, without the movement of what is below.

An earlier version's own change is replayed onto what the newest stands on, by the engine that
rebases; from there to the newest head only the stage's own edits are left. So that links can show
that, a commit which has all of these as parents is pushed beside the heads, under a ref that is
no branch. All ids depend on the versions alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.history import outside
from stacker.git.objects import Commit, Oid
from stacker.git.pick import Pick, Picked
from stacker.git.replay.engine import replay

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from stacker.git.store import ObjectStore
    from stacker.series.plan.model import StageId
    from stacker.submit.words.published_facts import PublishedVersion


@dataclass(frozen=True, slots=True)
class Same:
    """Nothing of its own changed."""


@dataclass(frozen=True, slots=True)
class Apart:
    """From the tree of `start` to that of the newest head there are its own edits and no more."""

    start: Oid


@dataclass(frozen=True, slots=True)
class Clashing:
    """The earlier change conflicts with what the newest stands on, so nothing can be told apart."""


@dataclass(frozen=True, slots=True)
class Unseen:
    """It is not known here, or nothing shows that it was ever published."""


Change = Same | Apart | Clashing | Unseen


@dataclass(frozen=True, slots=True)
class History:
    """A stage's versions, the newest last; `since` has for each but that what changed since.

    `kept` is the commit that keeps what `since` names on the forge, `None` if it needs nothing.
    """

    versions: tuple[PublishedVersion, ...]
    since: tuple[Change, ...] = ()
    kept: Oid | None = None


def histories(
    store: ObjectStore,
    versions: Mapping[StageId, tuple[PublishedVersion, ...]],
    public: Iterable[Oid],
    rewritten: Collection[StageId],
) -> dict[StageId, History]:
    """What became of every stage with several versions.

    A text may name any commit: only those that one of `public` contains are shown. The heads of
    the stages in `rewritten` are no ancestors of newer ones, and have to be kept as well.
    """
    comparing = _Comparing(store, versions, public)
    found = {}
    for stage, known in versions.items():
        since = tuple(comparing.change(old, known[-1]) for old in known[:-1])
        kept = _kept(store, known, since, heads=stage in rewritten)
        found[stage] = History(known, since, kept)
    return found


class _Comparing:
    """All replays of all stages, done at once."""

    def __init__(
        self,
        store: ObjectStore,
        versions: Mapping[StageId, tuple[PublishedVersion, ...]],
        public: Iterable[Oid],
    ) -> None:
        self._store = store
        pairs = [(old, known[-1]) for known in versions.values() for old in known[:-1]]
        self._shown = _shown(store, [old for old, _ in pairs], public)
        picks: dict[tuple[PublishedVersion, PublishedVersion], Pick] = {}
        for old, new in pairs:
            if old in self._shown and self._tree(old.below) != self._tree(new.below):
                picks[old, new] = Pick(self._own_change(old, new), new.below)
        self._replayed = dict(zip(picks, replay(store, list(picks.values())), strict=True))

    def change(self, old: PublishedVersion, new: PublishedVersion) -> Change:
        """What changed from one to the other."""
        if old not in self._shown:
            return Unseen()
        start = old.head
        if (old, new) in self._replayed:
            outcome = self._replayed[old, new]
            if not isinstance(outcome, Picked):
                return Clashing()
            if self._tree(outcome.commit) != self._tree(start):
                start = outcome.commit
        return Same() if self._tree(start) == self._tree(new.head) else Apart(start)

    def _own_change(self, old: PublishedVersion, new: PublishedVersion) -> Oid:
        """The whole change of a version as one commit on what was below it."""
        head = self._store.commit(old.head)
        text = f"v{old.number}, put where v{new.number} stands\n"
        parents = (old.below,)
        return self._store.write_commit(
            Commit(head.tree, parents, head.author, head.author, text.encode())
        )

    def _tree(self, commit: Oid) -> Oid:
        return self._store.commit(commit).tree


def _shown(
    store: ObjectStore, olds: Sequence[PublishedVersion], public: Iterable[Oid]
) -> set[PublishedVersion]:
    """Those whose commits are here and public."""
    named = list(dict.fromkeys(oid for old in olds for oid in (old.head, old.below)))
    found = zip(named, store.find_many(named), strict=True)
    here = {oid for oid, each in found if each is not None and each[0] == "commit"}
    secret = outside(store, here, public) if here else set()
    return {old for old in olds if {old.head, old.below} <= here - secret}


def _kept(
    store: ObjectStore,
    versions: Sequence[PublishedVersion],
    since: Sequence[Change],
    *,
    heads: bool,
) -> Oid | None:
    parents: dict[Oid, None] = {}
    for old, change in zip(versions[:-1], since, strict=True):
        if isinstance(change, Apart) and change.start != old.head:
            parents[change.start] = None
        if heads and not isinstance(change, Unseen):
            parents[old.head] = None
    if not parents:
        return None
    newest = store.commit(versions[-1].head)
    text = b"What the links to earlier versions show\n"
    return store.write_commit(
        Commit(newest.tree, tuple(parents), newest.author, newest.author, text)
    )
