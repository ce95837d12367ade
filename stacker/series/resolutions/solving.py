"""How conflicts were solved: one solution for each (patch, path), shared by the team.

A solution is applied where base, upstream and mine are the very blobs it was made for. Where the
file is otherwise changed but has the same conflicting hunks, it is *carried*: each hunk becomes
what it became then. A conflict without hunks (modify/delete, rename, mode, binary, submodule) is
only solved again if all three sides are the same. Nothing goes from one patch or path to another.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.merge import Merged, Side
from stacker.git.objects import REGULAR, SUBMODULE, Entry, Oid
from stacker.git.quarantine import merge_trees
from stacker.git.trees import replace_paths
from stacker.series.resolutions import markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.merge import Conflict, Conflicted
    from stacker.git.store import ObjectStore
    from stacker.series.resolutions.remembered import Resolutions
    from stacker.series.resolutions.resolution import Resolution

_FOLDER_MODE = "040000"

Changes = dict[bytes, Entry | None]
"""What is to be at some paths of a tree; `None` is nothing."""


class Applied(NamedTuple):
    """A resolution that was applied; `carried` to a file that is otherwise not as it was then."""

    resolution: Resolution
    carried: bool


class Solution(NamedTuple):
    """A conflict solved by what is remembered: the whole tree, and which resolutions made it."""

    tree: Oid
    used: tuple[Applied, ...]


class Known(NamedTuple):
    """What is remembered of a conflict: how to change its tree, and the paths that are open."""

    changes: Changes
    used: tuple[Applied, ...]
    open: tuple[Conflict, ...]


def solve(
    known: Resolutions, store: ObjectStore, stage: str, patch: str, conflicted: Conflicted
) -> Solution | None:
    """The conflict of `patch` of `stage` as it was solved before; `None` unless all of it was."""
    if not known.of(stage, patch):
        return None
    found = recall(known, store, stage, patch, conflicted)
    if found.open:
        return None
    return Solution(replace_paths(store, conflicted.tree, found.changes), found.used)


def recall(
    known: Resolutions, store: ObjectStore, stage: str, patch: str, conflicted: Conflicted
) -> Known:
    """What is remembered of the conflict, path by path."""
    memory = _Memory(store, known.of(stage, patch), conflicted)
    changes: Changes = {}
    used: dict[Resolution, bool] = {}
    left: list[Conflict] = []
    for conflict in conflicted.conflicts:
        found = memory.solution(conflict)
        if found is None:
            left.append(conflict)
            continue
        entry, one, carried = found
        changes |= solved_path(store, conflicted, conflict, entry)
        used[one] = carried
    for one in memory.beside(list(used)):
        changes[one.path] = _entry(store, one)
        used[one] = one.beside != memory.id
    return Known(changes, tuple(Applied(*pair) for pair in used.items()), tuple(left))


def solved_path(
    store: ObjectStore, conflicted: Conflicted, conflict: Conflict, entry: Entry | None
) -> Changes:
    """How the conflict's tree changes when `entry` solves one of its paths.

    What git had to set aside goes. A folder stays where no file is to be in its place.
    """
    changes: Changes = {aside.path: None for aside in conflict.aside}
    if entry is None:
        there = store.entry_at(conflicted.tree, conflict.path)
        if there is not None and there.mode == _FOLDER_MODE:
            return changes
    return changes | {conflict.path: entry}


def conflict_id(conflicted: Conflicted) -> str:
    """Names a conflict by the paths in it and all their sides."""
    sides = [(c.path, c.kind, c.base, c.upstream, c.mine) for c in conflicted.conflicts]
    return hashlib.sha256(repr(sides).encode()).hexdigest()[:16]


def sides_of(
    store: ObjectStore, conflicted: Conflicted, conflict: Conflict
) -> tuple[Side | None, Side | None, Side | None]:
    """Base, upstream and mine; of a path that has none, what git made of it counts as upstream."""
    if conflict.base or conflict.upstream or conflict.mine:
        return conflict.base, conflict.upstream, conflict.mine
    there = store.entry_at(conflicted.tree, conflict.path)
    return None, Side(there.mode, there.oid) if there else None, None


def with_hunks(store: ObjectStore, conflicted: Conflicted, conflict: Conflict) -> bytes | None:
    """The conflicted file with named markers; `None` for a conflict that has no hunks."""
    there = store.entry_at(conflicted.tree, conflict.path)
    if there is None or there.mode not in REGULAR:
        return None
    content = markers.named(store.blob(there.oid))
    return content if markers.cut(content) else None


class _Memory:
    """The resolutions of one patch against one conflict of it."""

    def __init__(
        self, store: ObjectStore, known: tuple[Resolution, ...], conflicted: Conflicted
    ) -> None:
        self._store = store
        self._conflicted = conflicted
        self.id = conflict_id(conflicted)
        self._beside: dict[str, list[Resolution]] = {}
        for one in known:
            if one.beside:
                self._beside.setdefault(one.beside, []).append(one)
        # One whose conflict was solved with a change elsewhere too is of no use without that.
        self._known = [r for r in known if not r.beside and self._whole(r) is not None]

    def solution(self, conflict: Conflict) -> tuple[Entry | None, Resolution, bool] | None:
        """What is to be at the path, by which resolution, and whether that was carried."""
        sides = sides_of(self._store, self._conflicted, conflict)
        here = [r for r in self._known if r.path == conflict.path]
        for one in here:
            if (one.base, one.upstream, one.mine) == sides:
                return _entry(self._store, one), one, False
        now = None
        for one in here:
            if one.then and one.kind == conflict.kind and _same_modes(one, conflict):
                now = now or with_hunks(self._store, self._conflicted, conflict)
                content = _carried(self._store, one, now, conflict) if now else None
                if content is not None and one.mode is not None:
                    blob = self._store.write("blob", content)
                    return Entry(one.mode, blob, one.path), one, True
        return None

    def beside(self, used: Sequence[Resolution]) -> list[Resolution]:
        """What was changed elsewhere when these conflicts were solved, each path once."""
        wholes = dict.fromkeys(filter(None, map(self._whole, used)))
        found = {one.path: one for whole in wholes for one in self._beside.get(whole, ())}
        return list(found.values())

    def _whole(self, one: Resolution) -> str | None:
        """The conflict in which it was found whose changes elsewhere all fit here: rather this one,
        else the latest."""
        wholes = one.conflicts[::-1] if one.conflicts else (self.id,)
        if self.id in wholes:
            wholes = (self.id,)
        fitting = (w for w in wholes if all(map(self._fits, self._beside.get(w, ()))))
        return next(fitting, None)

    def _fits(self, beside: Resolution) -> bool:
        entry = self._store.entry_at(self._conflicted.tree, beside.path)
        in_conflict = any(c.path == beside.path for c in self._conflicted.conflicts)
        there = Side(entry.mode, entry.oid) if entry else None
        return beside.upstream == there and not in_conflict


def _same_modes(one: Resolution, conflict: Conflict) -> bool:
    then, now = (
        [side.mode if side else None for side in sides]
        for sides in ((one.base, one.upstream, one.mine),
                      (conflict.base, conflict.upstream, conflict.mine))
    )  # fmt: skip
    return then == now


def _carried(store: ObjectStore, one: Resolution, now: bytes, conflict: Conflict) -> bytes | None:
    """The solution for a file with the same hunks in the same order; `None` if they differ.

    Where the solution had changed the file outside of its hunks too, git merges that.
    """
    then, here = markers.cut(one.then), markers.cut(now)
    if then is None or here is None or then.hunks != here.hunks:
        return None
    hunks = markers.solutions(then, one.content)
    if hunks is not None:
        content = here.with_hunks(hunks)
        if not here.texts[-1] or not hunks[-1] or hunks[-1].endswith(b"\n"):
            return _without_markers(store, content, one, conflict)
    # A hunk stands for itself in one line, so that nothing but the same hunk is taken for it.
    marks = [b"hunk %d %s\n" % (i, hashlib.sha256(h).hexdigest().encode())
             for i, h in enumerate(then.hunks)]  # fmt: skip
    files = (then.with_hunks(marks), here.with_hunks(marks), one.content)
    merged = merge_trees(store, *(_tree_of(store, content) for content in files))
    if not isinstance(merged, Merged):
        return None
    [entry] = store.tree(merged.tree)
    content = store.blob(entry.oid)
    if any(mark in content for mark in marks):
        return None
    return _without_markers(store, content, one, conflict)


def _without_markers(
    store: ObjectStore, content: bytes, one: Resolution, conflict: Conflict
) -> bytes | None:
    sides = [store.blob(side.oid) for side in (conflict.upstream, conflict.mine) if side]
    return content if markers.leftover(content, [one.content, *sides]) is None else None


def _tree_of(store: ObjectStore, content: bytes) -> Oid:
    return store.write_tree({b"file": Entry("100644", store.write("blob", content), b"file")})


def _entry(store: ObjectStore, one: Resolution) -> Entry | None:
    if one.mode is None:
        return None
    if one.mode == SUBMODULE:
        return Entry(one.mode, Oid(one.content.decode("ascii")), one.path)
    return Entry(one.mode, store.write("blob", one.content), one.path)
