"""Patch files whose commits are known: what stacker wrote, in this version or an earlier one.

A file that has not one byte changed is the commit that it was written from, wherever somebody
moved it to; only text that is new has to be read on a preimage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.objects import Oid
from stacker.git.pack import object_id
from stacker.series.lock import parse as parse_lock
from stacker.series.versions import operations
from stacker.series.walking import walk_back

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.renaming import Renames
    from stacker.series.versions.operations import Operation


class Written(NamedTuple):
    """A patch file as it was written: its text's id, the commit, and whose repository it is."""

    blob: Oid
    commit: Oid
    repository: str


Place = tuple[str, str]
"""A stage, and the name of a file of its."""


class WrittenPatches:
    """The patches of the version `since`, and of those before it where they are asked for."""

    def __init__(self, store: ObjectStore, since: Operation, renames: Renames) -> None:
        self._store = store
        there = _patches_in(store, since)
        self.places = {(renames.get(s, s), name): one for (s, name), one in there.items()}

    def places_of(self, content: bytes) -> list[Place]:
        """Where a text stood in that version."""
        blob = self._id(content)
        return [place for place, one in self.places.items() if one.blob == blob]

    def commit_of(self, content: bytes, repository: str) -> Oid | None:
        """The commit that a text was written from; the newest version that has it counts."""
        blob = self._id(content)
        for patches in (self.places, *self._earlier(blob)):
            for one in patches.values():
                if one.blob == blob and one.repository == repository:
                    return one.commit
        return None

    def _id(self, content: bytes) -> Oid:
        return object_id(self._store.algorithm, "blob", content)

    def _earlier(self, blob: Oid) -> Iterator[Mapping[Place, Written]]:
        """The earlier versions that came by that text, or let go of it."""
        if self._store.find(blob) is None:
            return
        said = self._store.git.text(
            "log", "--first-parent", "--format=%H", f"--find-object={blob}",
            operations.HEAD, "--", "patches",
        )  # fmt: skip
        for oid in map(Oid, said.split()):
            here = operations.operation(self._store, oid)
            before = operations.operation(self._store, here.previous) if here.previous else None
            for one in (here, before):
                if one is not None and one.command != operations.SEEN:
                    yield _patches_in(self._store, one)


def _patches_in(store: ObjectStore, operation: Operation) -> dict[Place, Written]:
    """The patches of a version whose lock tells of them, as far as the store has their commits."""
    ids = operations.file_ids_of(store, operation.oid)
    if "series.lock" not in ids:
        return {}
    lock = parse_lock(store.blob(ids["series.lock"]))
    live = [line for line in lock.stages if not line.landed]
    commits = walk_back(store, live)
    found: dict[Place, Written] = {}
    for line in live:
        folder = f"patches/{line.stage}/"
        names = sorted(n for n in ids if n.startswith(folder) and n.endswith(".patch"))
        own = commits.get(line.stage, [])[-2::-1]
        if len(own) == len(names):
            for name, commit in zip(names, own, strict=True):
                place = (line.stage, name.removeprefix(folder))
                found[place] = Written(ids[name], commit, line.repository)
    return found
