"""Where picks stand: their outcomes, the trees they came to, and the objects made for them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stacker.git.pack import Pack
from stacker.git.pick import Picked, Stopped
from stacker.git.replay.folders import Ground, Tree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.changes import Leaf
    from stacker.git.objects import Oid
    from stacker.git.pack import Like
    from stacker.git.pick import Pick, PickOutcome
    from stacker.git.store import ObjectStore


class Standings:
    """The picks of one replay, by number, and what has become of them."""

    def __init__(self, store: ObjectStore, picks: Sequence[Pick]) -> None:
        self._store, self._picks = store, picks
        self.outcomes: list[PickOutcome | None] = [None] * len(picks)
        self.lost: set[int] = set()
        """Picks that stopped, and all that stand on them."""
        self._children = Counter(pick.onto for pick in picks)
        self._trees: dict[Oid | int, Tree] = {}
        self._pack = Pack(store.algorithm)

    def is_forked_at(self, onto: Oid | int) -> bool:
        """Whether more than one pick comes on `onto`."""
        return self._children[onto] > 1

    def parent(self, n: int) -> Oid | None:
        """The commit that pick `n` comes on; `None` while it is not there."""
        onto = self._picks[n].onto
        if not isinstance(onto, int):
            return onto
        outcome = self.outcomes[onto]
        return outcome.commit if isinstance(outcome, Picked) else None

    def tree(self, onto: Oid | int) -> Tree:
        """The tree at a base or at a pick that was placed."""
        if onto not in self._trees:
            outcome = self.outcomes[onto] if isinstance(onto, int) else None
            commit = outcome.commit if isinstance(outcome, Picked) else onto
            assert not isinstance(commit, int), "nobody asks before it is placed"
            self._trees[onto] = Tree(Ground(self._store, self._store.commit(commit).tree))
        return self._trees[onto]

    def add_blob(self, oid: Oid, content: bytes, like: Like | None = None) -> None:
        """Take in the content of a file that will be in some tree."""
        self._pack.add_named(oid, "blob", content, like)

    def change(self, n: int, leaves: Mapping[bytes, Leaf | None], *, kept: bool) -> None:
        """Place a pick with what it leaves at some paths of its parent's tree."""
        onto = self._picks[n].onto
        tree = self.tree(onto)
        if self.is_forked_at(onto):
            tree = tree.fork()
        else:
            del self._trees[onto]
        self._trees[n] = tree
        self.place(n, tree.change(leaves, self._pack), kept=kept)

    def place(self, n: int, tree: Oid, *, kept: bool) -> None:
        """Place a pick whose tree is known."""
        old, onto = self._picks[n].old, self.parent(n)
        assert onto is not None, "parents are placed first"
        commit = self._store.commit(old)
        was_empty = self._store.commit(commit.parents[0]).tree == commit.tree
        moved = commit.moved(tree, (onto,))
        raw = moved.raw
        oid = self._pack.id_of("commit", raw)
        if oid != old:
            self._pack.add_named(oid, "commit", raw)
            self._store.remember(oid, moved)
        emptied = tree == self._store.commit(onto).tree and not was_empty
        self.outcomes[n] = Picked(oid, emptied, kept)

    def stop(self, n: int, stopped: Stopped) -> None:
        """A pick could not be placed."""
        self.outcomes[n] = stopped
        self.lost.add(n)

    def write(self) -> None:
        """What was made so far comes into the store, as one pack."""
        self._pack.write(self._store.objects)
        self._pack = Pack(self._store.algorithm)
