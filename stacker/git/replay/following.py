"""Where files of a series have gone upstream: learned once, followed from patch to patch."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from stacker.git.changes import Change
    from stacker.git.objects import Oid
    from stacker.git.pick import Pick
    from stacker.git.quarantine import Quarantine
    from stacker.git.replay.drift import Afloat, Came
    from stacker.git.replay.standing import Standings
    from stacker.git.store import ObjectStore

_WORTH = 3  # patches; for fewer git finds out as fast by itself


class Following:
    """What each pick that is known to stand on upstream's side finds there, and what it lacks."""

    def __init__(self, store: ObjectStore, picks: Sequence[Pick], standing: Standings) -> None:
        self._store, self._picks, self._standing = store, picks, standing
        self._afloat: dict[tuple[Oid, Oid | int], Afloat] = {}
        """By what two trees are of: a patch's own parent, and what the patch comes on."""

    def begin(
        self,
        waiting: Iterable[int],
        changes: Mapping[Oid, Sequence[Change]],
        quarantine: Quarantine,
    ) -> None:
        """Find out what upstream moved, if several patches change files that it has not."""
        roots: dict[Oid | int, tuple[Oid, Oid | int]] = {}
        own: dict[tuple[Oid, Oid | int], set[bytes]] = {}
        lost: dict[tuple[Oid, Oid | int], list[bytes]] = {}
        for n in waiting:
            pick = self._picks[n]
            root = roots[n] = roots.get(pick.onto, (self._parent_of(n), pick.onto))
            made = own.setdefault(root, set())
            tree = self._standing.tree(root[1])
            for change in changes[pick.old]:
                if change.before is None:
                    made.add(change.path)
                elif change.after and change.path not in made and not tree.leaf(change.path):
                    lost.setdefault(root, []).append(change.path)
        for (base, onto), paths in lost.items():
            if len(paths) >= _WORTH:
                from stacker.git.replay.drift import Afloat, drift  # noqa: PLC0415 - few need it

                trees = self._store.commit(base).tree, self._standing.tree(onto).oid
                self._afloat[base, onto] = Afloat(drift(quarantine, *trees, set(paths)))

    def at(self, n: int) -> Afloat | None:
        """What is known where pick `n` comes on."""
        return self._afloat.get((self._parent_of(n), self._picks[n].onto))

    def take(self, n: int, changes: Iterable[Change], came: Mapping[bytes, Came]) -> None:
        """Pick `n` changes its own side so, and upstream's side so."""
        before = self.at(n)
        after = before.after(changes, came) if before else None
        if after is not None:
            self._afloat[self._picks[n].old, n] = after
        else:  # what was thought of it earlier does not hold
            self._afloat.pop((self._picks[n].old, n), None)

    def _parent_of(self, n: int) -> Oid:
        return self._store.commit(self._picks[n].old).parents[0]
