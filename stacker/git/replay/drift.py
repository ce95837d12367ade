"""Which files upstream moved: what its tree has and the patches' own has not, and the reverse.

A patch to a file that upstream moved goes to the new place. Where that is, git finds out anew for
each patch, comparing the file with all that came to upstream: it takes longer than all the rest.
So it is asked once here, for all files of the series; that is a guess, and `moved` has it proved.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from stacker.git.changes import changes_between
from stacker.git.paths import name_of
from stacker.git.replay.likeness import FULL, best_mark
from stacker.git.replay.nested import nested

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from stacker.git.changes import Change, Leaf
    from stacker.git.objects import Oid
    from stacker.git.quarantine import Quarantine

Came = tuple[bool, bool]
"""Whether upstream's side had a path before a patch, and has it behind it."""

_RENAMES = ("diff-tree", "-r", "--raw", "-z", "--no-abbrev", "--find-renames", "-l0")


class Drift:
    """How upstream's tree differs in its paths from the one that the patches were made on."""

    def __init__(
        self,
        arrived: Mapping[bytes, Leaf],
        vanished: Mapping[bytes, Leaf],
        sizes: Mapping[Oid, int],
        targets: Mapping[bytes, bytes],
    ) -> None:
        """What only upstream's tree has, with its sizes in bytes; what only the patches' own has;
        where files of these have probably gone."""
        self.arrived, self.vanished, self.targets = arrived, vanished, targets
        files = [(sizes[leaf.oid], path) for path, leaf in arrived.items() if leaf.is_file]
        self.by_size = sorted(files)
        """The regular files that arrived."""
        self.by_name: dict[bytes, list[bytes]] = {}
        for path in arrived:
            self.by_name.setdefault(name_of(path), []).append(path)
        self.vanished_by_content: dict[Oid, list[bytes]] = {}
        self.vanished_by_name: dict[bytes, list[bytes]] = {}
        for path, leaf in vanished.items():
            self.vanished_by_content.setdefault(leaf.oid, []).append(path)
            self.vanished_by_name.setdefault(name_of(path), []).append(path)


@dataclass(frozen=True, slots=True)
class Afloat:
    """The same some patches later: what they touched since stands beside it."""

    drift: Drift
    arrived: Mapping[bytes, bool] = field(default_factory=dict)
    """Touched paths: whether only upstream's side has them."""
    vanished: Mapping[bytes, Leaf | None] = field(default_factory=dict)
    """Touched paths: what only the patches' own side has there."""

    def has_arrived(self, path: bytes) -> bool:
        """Whether only upstream's side has `path`."""
        return self.arrived.get(path, path in self.drift.arrived)

    def vanished_at(self, path: bytes) -> Leaf | None:
        """What only the patches' own side has at `path`."""
        return self.vanished[path] if path in self.vanished else self.drift.vanished.get(path)

    def target(self, path: bytes) -> bytes | None:
        """Where the file at `path`, if it vanished, has probably gone."""
        target = self.drift.targets.get(path) if self.vanished_at(path) else None
        return target if target is not None and self.has_arrived(target) else None

    def rivals(self, name: bytes, size: int, mark: int) -> dict[bytes, Leaf]:
        """The untouched files that may be as much like one of so many bytes as `mark` says, and
        those with its name."""
        every = self.drift.by_size
        found = list(self.drift.by_name.get(name, ()))
        for other, path in islice(every, bisect_left(every, (size * mark // FULL, b"")), None):
            if best_mark(size, other) >= mark:
                found.append(path)
            elif other > size:
                break
        arrived = self.drift.arrived
        return {path: arrived[path] for path in found if path not in self.arrived}

    def vanished_as(self, contents: AbstractSet[Oid]) -> dict[bytes, Leaf]:
        """What vanished and has one of these contents, by path."""
        found = {p for oid in contents for p in self.drift.vanished_by_content.get(oid, ())}
        every = ((path, self.vanished_at(path)) for path in found | self.vanished.keys())
        return {path: leaf for path, leaf in every if leaf and leaf.oid in contents}

    def vanished_called(self, name: bytes) -> set[bytes]:
        """The paths of what vanished and has this name."""
        found = {*self.drift.vanished_by_name.get(name, ()), *self.vanished}
        return {path for path in found if name_of(path) == name and self.vanished_at(path)}

    def after(self, changes: Iterable[Change], came: Mapping[bytes, Came]) -> Afloat | None:
        """As it is behind a patch that changes its own side so, and upstream's side so.

        `None` when that cannot be told.
        """
        own = {change.path: change for change in changes}
        arrived: dict[bytes, bool] = {}
        vanished: dict[bytes, Leaf | None] = {}
        for path in own.keys() | came.keys():
            change, gone = own.get(path), self.vanished_at(path)
            was_there, is_there = came.get(path, (None, None))
            if self.has_arrived(path):
                was_here, was_there = False, True
            elif gone is not None:
                was_here, was_there = True, False
            else:  # on both sides, or on neither
                was_here = change.before is not None if change else bool(was_there)
                was_there = was_here
            is_there = was_there if is_there is None else is_there
            here = change.after if change else gone
            is_here = here is not None if change else was_here
            if is_here and not is_there and here is None:
                return None  # of a file that the patch did not touch
            if was_here != was_there or is_here != is_there:
                arrived[path] = is_there and not is_here
                vanished[path] = None if is_there else here
        if not arrived:
            return self
        return Afloat(self.drift, {**self.arrived, **arrived}, {**self.vanished, **vanished})


def drift(quarantine: Quarantine, base: Oid, upstream: Oid, wanted: Iterable[bytes]) -> Drift:
    """How the tree `upstream` differs from `base`, and where git sees the files `wanted` in it."""
    arrived: dict[bytes, Leaf] = {}
    vanished: dict[bytes, Leaf] = {}
    for change in changes_between(quarantine.reader.git, base, upstream):
        if change.before is None and change.after is not None:
            arrived[change.path] = change.after
        if change.after is None and change.before is not None:
            vanished[change.path] = change.before
    files = {path: leaf for path, leaf in arrived.items() if leaf.is_file}
    lost = {path: vanished[path] for path in wanted if path in vanished}
    targets = _by_name(lost, files)
    unnamed = {path: leaf for path, leaf in lost.items() if path not in targets}
    if unnamed and files:
        targets |= _by_content(quarantine, unnamed, files)
    sizes = quarantine.reader.sizes({leaf.oid for leaf in files.values()})
    return Drift(arrived, vanished, sizes, targets)


def _by_name(lost: Iterable[bytes], files: Iterable[bytes]) -> dict[bytes, bytes]:
    """Where files have gone of which one is left that has their name, whatever its suffix: in
    their folder, or else anywhere."""
    stems: dict[tuple[bytes, bytes], list[bytes]] = {}
    for path in files:
        folder, stem = _folder_and_stem(path)
        stems.setdefault((folder, stem), []).append(path)
        stems.setdefault((b"/", stem), []).append(path)
    found: dict[bytes, bytes] = {}
    for path in lost:
        folder, stem = _folder_and_stem(path)
        some = stems.get((folder, stem)) or stems.get((b"/", stem), [])
        if len(some) == 1:
            found[path] = some[0]
    return found


def _folder_and_stem(path: bytes) -> tuple[bytes, bytes]:
    folder, _, name = path.rpartition(b"/")
    return folder, name.rpartition(b".")[0] or name


def _by_content(
    quarantine: Quarantine, lost: Mapping[bytes, Leaf], files: Mapping[bytes, Leaf]
) -> dict[bytes, bytes]:
    """Where git sees files that are lost."""
    pack = quarantine.pack()
    trees = nested(pack, list(lost.items())), nested(pack, list(files.items()))
    quarantine.put(pack)
    said = quarantine.reader.git.run(*_RENAMES, *trees)
    fields = iter(said.split(b"\0"))
    found: dict[bytes, bytes] = {}
    for about in fields:
        if about:
            path = next(fields)
            if about.rpartition(b" ")[2].startswith(b"R"):
                found[path] = next(fields)
    return found
