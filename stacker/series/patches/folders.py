"""The folders of a store's trees: looked into, compared, and written anew where a file changes."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.changes import Leaf
from stacker.git.objects import Oid
from stacker.git.replay.folders import FOLDER, Folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stacker.git.store import ObjectStore

_KEPT = 500  # folders in memory


class Folders:
    """Each folder is read once; a tree is given by its id, a path has `/` in it."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self._read: OrderedDict[Oid, Folder] = OrderedDict()

    def names(self, tree: Oid) -> Iterable[bytes]:
        """The names of what lies in the folder `tree` itself, folders too."""
        return self._folder(tree).names()

    def leaf(self, tree: Oid, path: bytes) -> Leaf | None:
        """What `tree` has at `path`, maybe a folder; `None` when there is nothing."""
        *above, name = path.split(b"/")
        for part in above:
            below = self._folder(tree).leaf(part)
            if below is None or below.mode != FOLDER:
                return None
            tree = below.oid
        return self._folder(tree).leaf(name)

    def edited(self, tree: Oid, changes: Mapping[bytes, Leaf | None]) -> Oid | None:
        """`tree` with files put at, or (`None`) taken from, paths; folders left empty go too.

        `None` where a path leads through a file, or is that of a folder.
        """
        done = self._edited(self._folder(tree), changes)
        return self._store.write("tree", b"") if done == "" else done

    def added(self, old: Oid | None, new: Oid) -> Iterator[bytes]:
        """The files of tree `new` at whose paths tree `old` has no file."""
        before = self._folder(old).leaves() if old is not None else {}
        for name, leaf in self._folder(new).leaves().items():
            was = before.get(name)
            if was == leaf:
                continue
            if leaf.mode == FOLDER:
                below = was.oid if was is not None and was.mode == FOLDER else None
                for path in self.added(below, leaf.oid):
                    yield name + b"/" + path
            elif was is None or was.mode == FOLDER:
                yield name

    def files(self, tree: Oid) -> Iterator[bytes]:
        """The path of every file of `tree`."""
        return self.added(None, tree)

    def _edited(self, here: Folder, changes: Mapping[bytes, Leaf | None]) -> Oid | None:
        """The folder's new id; an empty one when nothing is left in it."""
        new: dict[bytes, Leaf | None] = {}
        deeper: dict[bytes, dict[bytes, Leaf | None]] = {}
        for path, leaf in changes.items():
            name, slash, rest = path.partition(b"/")
            if slash:
                deeper.setdefault(name, {})[rest] = leaf
            else:
                new[name] = leaf
                if _is_folder(here.leaf(name)):
                    return None
        for name, below in deeper.items():
            was = new.get(name, here.leaf(name))
            if was is not None and not _is_folder(was):
                return None
            oid = self._edited(self._folder(was.oid) if was else Folder(None, b""), below)
            if oid is None:
                return None
            new[name] = Leaf(FOLDER, oid) if oid else None
        raw = here.changed(new)
        if not raw:
            return Oid("")
        oid = self._store.write("tree", raw, (here.oid, here.raw) if here.oid else None)
        self._keep(oid, here.successor(oid, raw, new))
        return oid

    def _folder(self, tree: Oid) -> Folder:
        if tree not in self._read:
            found = self._store.find(tree)
            if found is None or found[0] != "tree":
                raise GitError(f"the object store lacks tree {tree}", hint="Run `stacker doctor`.")
            self._keep(tree, Folder(tree, found[2]))
        self._read.move_to_end(tree)
        return self._read[tree]

    def _keep(self, tree: Oid, folder: Folder) -> None:
        self._read[tree] = folder
        if len(self._read) > _KEPT:
            self._read.popitem(last=False)


def _is_folder(leaf: Leaf | None) -> bool:
    return leaf is not None and leaf.mode == FOLDER
