"""How a tree that git made differs from the one that it was made on, leaf by leaf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.changes import Change
from stacker.git.replay.folders import FOLDER, Folder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.git.changes import Leaf
    from stacker.git.objects import Oid
    from stacker.git.replay.folders import Tree
    from stacker.git.store import ObjectStore


def difference(tree: Tree, new: Oid, reader: ObjectStore) -> tuple[Change, ...]:
    """The changes that make `new` of `tree`; `reader` has the trees of `new`."""
    if new == tree.oid:
        return ()
    return tuple(_below(tree, b"", tree.folder(b""), new, reader))


def _below(
    tree: Tree, path: bytes, old: Folder | None, new: Oid | None, reader: ObjectStore
) -> Iterator[Change]:
    before = old.leaves() if old else {}
    after = _read(new, reader).leaves() if new else {}
    for name in before.keys() | after.keys():
        one, other = before.get(name), after.get(name)
        if one == other:
            continue
        here = path + b"/" + name if path else name
        if _is_folder(one) or _is_folder(other):
            folder = tree.folder(here) if _is_folder(one) else None
            yield from _below(tree, here, folder, _oid(other), reader)
        one, other = _leaf(one), _leaf(other)
        if one != other:
            yield Change(here, one, other)


def _read(oid: Oid, reader: ObjectStore) -> Folder:
    return Folder(oid, reader.raw(oid, "tree"))


def _is_folder(leaf: Leaf | None) -> bool:
    return leaf is not None and leaf.mode == FOLDER


def _oid(leaf: Leaf | None) -> Oid | None:
    return leaf.oid if leaf is not None and leaf.mode == FOLDER else None


def _leaf(leaf: Leaf | None) -> Leaf | None:
    return None if leaf is None or leaf.mode == FOLDER else leaf
