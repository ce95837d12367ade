"""One synthetic merge that asks git about several files, and what its answer says of each.

Such a merge has only the files that it is about, under their own paths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.merge import Conflicted
from stacker.git.paths import folders_above
from stacker.git.replay.nested import nested
from stacker.git.replay.plan import Merge

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.changes import Leaf
    from stacker.git.merge import MergeOutcome
    from stacker.git.objects import Oid
    from stacker.git.pack import Pack
    from stacker.git.quarantine import Sides


class MergedFile(NamedTuple):
    """A merge's outcome: the file, and its content where it is new."""

    leaf: Leaf
    content: bytes | None


Outcomes = dict[Merge, MergedFile | None]
"""What merges came to; `None` is a conflict."""

Assumed = dict[Merge, "Leaf"]
"""What earlier merges were thought to come to when git was asked."""


class Question:
    """Files of three trees, and the merges among them; no path is another's, or in it."""

    def __init__(self) -> None:
        self.assumed: dict[Merge, Assumed] = {}
        """The merges that it is about, each with what was assumed for it."""
        self.base: dict[bytes, Leaf] = {}
        self.upstream: dict[bytes, Leaf] = {}
        self.mine: dict[bytes, Leaf] = {}
        self._folders: set[bytes] = set()

    def has_room(self, path: bytes) -> bool:
        """Whether `path` may come in."""
        return (
            path not in self.base
            and path not in self._folders
            and self.base.keys().isdisjoint(folders_above(path))
        )

    def add(self, merge: Merge, upstream: Leaf) -> None:
        """Ask about a file that is still where it was."""
        before = merge.upstream
        self.assumed[merge] = {before: upstream} if isinstance(before, Merge) else {}
        self.base[merge.path], self.mine[merge.path] = merge.base, merge.mine
        self.upstream[merge.path] = upstream
        self._folders.update(folders_above(merge.path))

    @property
    def named(self) -> set[Merge]:
        """The merges that it is about, and the earlier ones whose outcomes it assumes."""
        return {*self.assumed, *(merge for some in self.assumed.values() for merge in some)}

    def sides(self, pack: Pack) -> Sides:
        """Its trees, put into `pack`."""
        base, upstream, mine = (
            nested(pack, side.items()) for side in (self.base, self.upstream, self.mine)
        )
        return base, upstream, mine

    def expected(self, pack: Pack, guesses: Mapping[Merge, MergedFile]) -> Oid | None:
        """The tree that git makes if all is as guessed."""
        if not self.assumed.keys() <= guesses.keys():
            return None
        guessed = {merge.path: guesses[merge].leaf for merge in self.assumed}
        return nested(pack, (self.upstream | guessed).items()) if self._seen(guessed) else None

    def _seen(self, leaves: Mapping[bytes, Leaf]) -> bool:
        """Whether patches to files that upstream moved have changed those that were foreseen."""
        moved = [merge.path for merge in self.assumed if merge.move]
        return all(leaves.get(path) not in (None, self.upstream[path]) for path in moved)

    def read(self, outcome: MergeOutcome, leaves: Mapping[bytes, Leaf]) -> dict[Merge, Leaf | None]:
        """What `outcome`, a tree with these `leaves`, says of each merge; `None` is a conflict."""
        stopped: set[bytes] = set()
        if isinstance(outcome, Conflicted):
            stopped = {conflict.path for conflict in outcome.conflicts}
        asked = {merge.path for merge in self.assumed}
        rest = {path: leaf for path, leaf in self.upstream.items() if path not in asked}
        others = {path: leaf for path, leaf in leaves.items() if path not in asked}
        if rest != others or not self._seen(leaves):
            return dict.fromkeys(self.assumed)
        return {
            merge: None if merge.path in stopped else leaves.get(merge.path)
            for merge in self.assumed
        }
