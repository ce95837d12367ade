"""Versions of the series, kept in the store as a line of operations under one ref.

`refs/stacker/head` is the one commit point of every local command. It names a commit whose tree
holds the series' files (plan, lock, texts, patches, resolutions), whose first parent is the
operation before, and whose other parents keep the series' own commits reachable. The files on
disk follow; `.stacker/written` names the operation they were last written from, so a command
that was killed in between is completed by the next one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import BusyError
from stacker.git.objects import Commit, Entry, Oid, Signature, is_oid
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stacker.git.store import ObjectStore
    from stacker.series.directory import SeriesDirectory

HEAD = "refs/stacker/head"
SEEN = "see"
"""The command of an operation that only kept files edited by hand: its lock does not tell of its
patches."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One step in the life of the series: what it was, and the version it left behind."""

    oid: Oid
    previous: Oid | None
    version: int
    command: str
    reason: str
    seconds: int


def current(store: ObjectStore) -> Operation | None:
    """The newest operation; `None` in a new store."""
    oid = store.resolve(HEAD)
    return operation(store, oid) if oid else None


def operation(store: ObjectStore, oid: Oid) -> Operation:
    """The operation that commit `oid` records."""
    commit = store.commit(oid)
    text = commit.message.decode("utf-8", "replace")
    subject = text.split("\n", 1)[0]
    command, _, reason = subject.partition(": ")
    fields = dict(re.findall(r"^(Version|Previous): (\w+)$", text, re.MULTILINE))
    previous = fields.get("Previous", "none")
    return Operation(
        oid=oid,
        previous=Oid(previous) if is_oid(previous) else None,
        version=int(fields.get("Version", "0")),
        command=command,
        reason=reason,
        seconds=commit.committer.seconds,
    )


def history(store: ObjectStore) -> Iterator[Operation]:
    """All operations, newest first."""
    here = current(store)
    while here is not None:
        yield here
        here = operation(store, here.previous) if here.previous else None


def written(store: ObjectStore) -> Operation | None:
    """The newest operation whose lock and patches belong together; `None` before the first."""
    return next((one for one in history(store) if one.command != SEEN), None)


def files_of(store: ObjectStore, oid: Oid) -> dict[str, bytes]:
    """The series' files as operation `oid` left them."""
    tree = store.commit(oid).tree
    return {e.name.decode("utf-8"): store.blob(e.oid) for e in store.files(tree)}


def file_of(store: ObjectStore, oid: Oid, name: str) -> bytes | None:
    """One of them; `None` when operation `oid` has no such file."""
    entry = store.entry_at(oid, name.encode())
    return store.blob(entry.oid) if entry else None


def file_ids_of(store: ObjectStore, oid: Oid) -> dict[str, Oid]:
    """The blob ids of those files."""
    return {e.name.decode("utf-8"): e.oid for e in store.files(store.commit(oid).tree)}


def record(
    store: ObjectStore,
    files: Mapping[str, bytes],
    keep: Iterable[Oid],
    *,
    version: int,
    command: str,
    reason: str,
    now: int,
) -> Operation:
    """Make an operation and move the head to it: the commit point. `now` in seconds since 1970.

    Raises `BusyError` when another command moved the head meanwhile; nothing is changed then.
    """
    before = store.resolve(HEAD)
    entries = {
        name.encode(): Entry("100644", store.write("blob", content), b"")
        for name, content in files.items()
    }
    who = Signature(b"stacker", b"stacker@localhost", f"{now} +0000".encode())
    message = f"{command}: {reason}\n\nVersion: {version}\nPrevious: {before or 'none'}\n"
    parents = tuple(dict.fromkeys([*([before] if before else []), *keep]))
    commit = Commit(store.write_tree(entries), parents, who, who, message.encode())
    oid = store.write_commit(commit)
    done = store.git.attempt("update-ref", HEAD, oid, before or "0" * len(oid))
    if done.code != 0:
        raise BusyError(f"the series moved meanwhile ({done.said})", hint="Run the command again.")
    return operation(store, oid)


def write_files(store: ObjectStore, directory: SeriesDirectory) -> bool:
    """Bring the files on disk to the newest operation; says whether anything was to do.

    A file that is neither as before nor as after was edited by hand meanwhile and stays.
    """
    here = current(store)
    last = _last_written(directory)
    if here is None or last == here.oid:
        return False
    known = store.find(last) is not None if last else False
    old = files_of(store, Oid(last)) if last and known else {}
    new = files_of(store, here.oid)
    # The lock goes last: while it is old, a fresh look still sees the old series as edited.
    for name in sorted({*old, *new}, key=lambda n: (n == "series.lock", n)):
        on_disk = directory.read(name)
        if on_disk == new.get(name) or on_disk != old.get(name):
            continue
        directory.replace(name, new.get(name))
    write_atomically(directory.state / "written", here.oid.encode("ascii") + b"\n")
    return True


def pending(store: ObjectStore, directory: SeriesDirectory) -> bool:
    """Whether a command was killed before the files on disk were brought to its operation."""
    here = current(store)
    return here is not None and _last_written(directory) != here.oid


def _last_written(directory: SeriesDirectory) -> str:
    path = directory.state / "written"
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""
