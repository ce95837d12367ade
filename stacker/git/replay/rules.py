"""Which `.gitattributes` files say how the files of a tree are merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.paths import folders_above
from stacker.git.quarantine import attributes_of
from stacker.git.replay.plan import ATTRIBUTES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.objects import Oid
    from stacker.git.replay.folders import Ground, Tree
    from stacker.git.store import ObjectStore


def rules_above(ground: Ground, paths: Iterable[bytes]) -> dict[bytes, Oid]:
    """Those that hold for some paths: they lie in the folders above them."""
    found: dict[bytes, Oid] = {}
    for path in {b"", *(folder for each in paths for folder in folders_above(each))}:
        folder = ground.folder(path)
        leaf = folder.leaf(ATTRIBUTES) if folder else None
        if leaf is not None and leaf.is_file:
            found[path + b"/" + ATTRIBUTES if path else ATTRIBUTES] = leaf.oid
    return found


class Rules:
    """All of them in whole trees."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def of(self, tree: Tree) -> dict[bytes, Oid]:
        """Those of `tree`: the ground's, without those that patches changed, and these."""
        kept = {p: oid for p, oid in self.at(tree.ground).items() if p not in tree.rules}
        return kept | {p: leaf.oid for p, leaf in tree.rules.items() if leaf and leaf.is_file}

    def at(self, ground: Ground) -> Mapping[bytes, Oid]:
        """Those of a ground."""
        return attributes_of(self._store, ground.tree)
