"""Versions of the series, kept in the store as a line of operations under one ref.

`refs/stacker/head` is the one commit point of every local command. It names a commit whose tree
holds the series' files (plan, lock, texts, patches, resolutions), whose first parent is the
operation before, and whose other parents keep the series' own commits reachable. The files on
disk follow (`ondisk`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import NewerFormat
from stacker.git.objects import Commit, Oid, is_oid
from stacker.series.versions.numbering import Numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.git.store import ObjectStore

FORMAT = 1
HEAD = "refs/stacker/head"
SEEN = "see"
"""The command of an operation that only kept files edited by hand: its lock does not tell of its
patches."""

_AT_ONCE = 60  # operations


class Operation(NamedTuple):
    """One step in the life of the series: what it was, and the version it left behind.

    `numbers` is `None` in an operation that an older stacker made; `by` is empty where nobody is
    known to have asked for it. `after` is the shared step (`sync`) that came before the oldest
    operation, where older ones were pruned.
    """

    oid: Oid
    previous: Oid | None
    version: int
    command: str
    reason: str
    seconds: int
    numbers: Numbers | None
    by: str = ""
    after: Oid | None = None


def current(store: ObjectStore) -> Operation | None:
    """The newest operation; `None` in a new store."""
    oid = store.resolve(HEAD)
    return operation(store, oid) if oid else None


def operation(store: ObjectStore, oid: Oid) -> Operation:
    """The operation that commit `oid` records."""
    return _read(oid, store.commit(oid))


def history(store: ObjectStore) -> Iterator[Operation]:
    """All operations, newest first; many are read at once, should that many be wanted."""
    here, at_once = current(store), 1
    if here is not None:
        yield here
    while here is not None and here.previous is not None:
        revs = [f"{here.previous}~{n}" for n in range(at_once)]
        for found in store.find_many(revs):
            if here.previous is None:  # other commits come before the first operation
                return
            commit = store.commit(here.previous) if found is None else Commit.parse(found[2])
            here = _read(here.previous, commit)
            yield here
        at_once = _AT_ONCE


def written(store: ObjectStore) -> Operation | None:
    """The newest operation whose lock and patches belong together; `None` before the first."""
    return next((one for one in history(store) if one.command != SEEN), None)


def files_of(store: ObjectStore, oid: Oid) -> dict[str, bytes]:
    """The series' files as operation `oid` left them."""
    return contents(store, file_ids_of(store, oid))


def contents(store: ObjectStore, blobs: Mapping[str, Oid]) -> dict[str, bytes]:
    """The contents of blobs, under the same names."""
    found = store.find_many(list(blobs.values()))
    return {
        name: store.blob(oid) if one is None else one[2]
        for (name, oid), one in zip(blobs.items(), found, strict=True)
    }


def file_of(store: ObjectStore, oid: Oid, name: str) -> bytes | None:
    """One of them; `None` when operation `oid` has no such file."""
    entry = store.entry_at(oid, name.encode("utf-8", "surrogateescape"))
    return store.blob(entry.oid) if entry and entry.mode != "040000" else None


def file_ids_of(store: ObjectStore, oid: Oid) -> dict[str, Oid]:
    """The blob ids of those files; the trees are read level by level."""
    found: dict[str, Oid] = {}
    level = {"": store.commit(oid).tree}
    while level:
        trees = store.trees(level.values())
        below: dict[str, Oid] = {}
        for prefix, tree in level.items():
            for entry in trees[tree]:
                path = prefix + entry.name.decode("utf-8", "surrogateescape")
                if entry.mode == "040000":
                    below[path + "/"] = entry.oid
                else:
                    found[path] = entry.oid
        level = below
    return found


def _read(oid: Oid, commit: Commit) -> Operation:
    text = commit.message.decode("utf-8", "replace")
    subject = text.split("\n", 1)[0]
    command, _, reason = subject.partition(": ")
    fields = dict(re.findall(r"^(Format|Version|Previous|After): (\w+)$", text, re.MULTILINE))
    if fields.get("Format", "1") != str(FORMAT):
        raise NewerFormat("the line of versions in .stacker/store.git", fields["Format"], FORMAT)
    previous = fields.get("Previous", "none")
    return Operation(
        oid=oid,
        previous=Oid(previous) if is_oid(previous) else None,
        version=int(fields.get("Version", "0")),
        command=command,
        reason=reason,
        seconds=commit.committer.seconds,
        numbers=Numbers.parse(text),
        by="" if commit.author == commit.committer else commit.author.name.decode(errors="replace"),
        after=Oid(fields["After"]) if is_oid(fields.get("After", "")) else None,
    )
