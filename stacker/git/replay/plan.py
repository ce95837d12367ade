"""Which patches need no look of git at the whole tree, and which files of theirs need a merge.

A change of one path is taken as it is where upstream has just what the patch was made on: git
does the same without looking inside a file. What has to be shown is that no rename could have
made git do something else. git pairs renames, per side, among the paths that vanished there and
those that appeared there; and it moves what one side adds to a folder that vanished as a whole
on the other side. Hence a patch is decided here only if
- every path that it changes or removes is still there: upstream did not rename it;
- every path that it adds is free, and its folder is there, or was not there before either;
- it does not both add and remove, unless each removed file's folder outlives it: then a rename
  of the patch carries nothing, for upstream left the removed file alone, and moves no folder.
Everything else is git's to decide on whole trees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.paths import folders_above, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stacker.git.changes import Change, Leaf
    from stacker.git.objects import Oid
    from stacker.git.replay.drift import Afloat
    from stacker.git.replay.folders import Tree

ATTRIBUTES = b".gitattributes"
"""The name of the files that say, among other things, how files are merged."""

_MOST_MOVED = 4  # files of one patch; git weighs no more against one another
Has = tuple["Oid", bytes]
"""A question: has this commit this folder?"""


class Move(NamedTuple):
    """A file that upstream has moved: among what else git will look for it."""

    afloat: Afloat
    touched: Mapping[bytes, Leaf | Merge]
    """What is now where patches touched something that only upstream has."""


class Merge:
    """One file that both sides changed; two of them are never the same, whatever they hold."""

    __slots__ = ("base", "mine", "move", "patch", "path", "source", "upstream")

    def __init__(
        self, path: bytes, upstream: Leaf | Merge, patch: Oid, change: tuple[bytes, Leaf, Leaf]
    ) -> None:
        """`upstream` may be the outcome of an earlier merge; `change` is that of the patch: the
        path that the file has in its trees, before and after."""
        self.path, self.upstream, self.patch = path, upstream, patch
        self.source, self.base, self.mine = change
        self.move: Move | None = None

    @property
    def needs(self) -> Iterator[Merge]:
        """The earlier merges whose outcomes it is about."""
        ends = (self.upstream, *(self.move.touched.values() if self.move else ()))
        return (end for end in ends if isinstance(end, Merge))


Ends = dict[bytes, "Leaf | Merge | None"]
"""What a patch leaves at the paths that it touches."""


class Outlook:
    """What is at which path after some patches that are planned and not yet carried out."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self._ends: Ends = {}
        self._made: set[bytes] = set()
        self._thinned: set[bytes] = set()
        self._new_attributes = False

    def fork(self) -> Outlook:
        """One of its own that begins here."""
        other = Outlook(self.tree)
        other._ends, other._new_attributes = dict(self._ends), self._new_attributes
        other._made, other._thinned = set(self._made), set(self._thinned)
        return other

    def at(self, path: bytes) -> Leaf | Merge | None:
        """What is there."""
        return self._ends[path] if path in self._ends else self.tree.leaf(path)

    def take(self, ends: Ends) -> None:
        """A patch leaves this behind."""
        for path, end in ends.items():
            if end is None:
                self._thinned |= set(folders_above(path))
            else:
                self._made |= set(folders_above(path))
            # Merges after it would have to follow the new rules.
            self._new_attributes |= name_of(path) == ATTRIBUTES
        self._ends |= ends

    def first_missing(self, path: bytes) -> bytes | None:
        """The topmost folder above `path` that is not there; `None` when all are."""
        return next(
            (f for f in folders_above(path) if f not in self._made and not self.tree.folder(f)),
            None,
        )

    def is_sure_of(self, path: bytes) -> bool:
        """Whether nothing was removed from the folders above `path`."""
        return self._thinned.isdisjoint(folders_above(path))

    @property
    def can_merge(self) -> bool:
        """Whether the tree's own attributes say how files are merged."""
        return not self._new_attributes and not self.tree.rules


def questions(
    outlook: Outlook, commit: Oid, parent: Oid, changes: Sequence[Change]
) -> Iterator[Has]:
    """What `ends_of` will want to know of the patch's own trees."""
    adds = [c for c in changes if c.before is None]
    removes = [c for c in changes if c.after is None]
    for change in adds:
        missing = outlook.first_missing(change.path)
        if missing is not None:
            yield parent, missing
    if adds:
        for change in removes:
            yield commit, change.path.rpartition(b"/")[0]


def ends_of(
    outlook: Outlook,
    commit: Oid,
    parent: Oid,
    changes: Sequence[Change],
    has: Callable[[Has], bool],
    *,
    afloat: Afloat | None = None,
) -> Ends | None:
    """What the patch leaves behind; `None`: git has to decide on whole trees."""
    ends: Ends = {}
    adds = any(c.before is None for c in changes)
    moved = _moved(outlook, commit, changes, afloat) if afloat is not None else {}
    for change in changes:
        if change.path in moved:
            merge = moved[change.path]
            ends[merge.path] = merge
            continue
        here = outlook.at(change.path)
        match change.before, change.after:
            case None, after:
                missing = outlook.first_missing(change.path)
                free = here is None and outlook.is_sure_of(change.path)
                if not free or (
                    missing is not None and (outlook.at(missing) or has((parent, missing)))
                ):
                    return None
                ends[change.path] = after
            case before, None:
                folder = change.path.rpartition(b"/")[0]
                if here != before or (adds and folder and not has((commit, folder))):
                    return None
                ends[change.path] = None
            case before, after:
                end = _end(outlook, change, here, commit)
                if end is None:
                    return None
                ends[change.path] = end
    return ends


def _end(
    outlook: Outlook, change: Change, here: Leaf | Merge | None, commit: Oid
) -> Leaf | Merge | None:
    """What becomes of a path that the patch changes; `None`: git has to decide."""
    before, after = change.before, change.after
    if here == before:
        return after
    if here == after:
        return after
    if here is None or before is None or after is None or not outlook.can_merge:
        return None
    sides = (before, after, before if isinstance(here, Merge) else here)
    if not all(side.is_file for side in sides):
        return None
    return Merge(change.path, here, commit, (change.path, before, after))


def _moved(
    outlook: Outlook, commit: Oid, changes: Sequence[Change], afloat: Afloat
) -> dict[bytes, Merge]:
    """The merges of those files that upstream has probably moved, by the paths that they had."""
    if not outlook.can_merge or not all(
        c.before and c.after and c.before.is_file and c.after.is_file for c in changes
    ):
        return {}
    touched = {
        path: here
        for path, is_there in afloat.arrived.items()
        if is_there and (here := outlook.at(path)) is not None
    }
    move = Move(afloat, touched)
    found: dict[bytes, Merge] = {}
    for change in changes:
        target = afloat.target(change.path)
        here = outlook.at(target) if target is not None else None
        if target and here and change.before and change.after and (
            isinstance(here, Merge) or here.is_file
        ):  # fmt: skip
            merge = Merge(target, here, commit, (change.path, change.before, change.after))
            merge.move = move
            found[change.path] = merge
    targets = {merge.path for merge in found.values()}
    names = {name_of(path) for path in found}
    plain = len(targets) == len(names) == len(found) <= _MOST_MOVED
    return found if plain else {}
