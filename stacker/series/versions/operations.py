"""Versions of the series, kept in the store as a line of operations under one ref.

`refs/stacker/head` is the one commit point of every local command. It names a commit whose tree
holds the series' files (plan, lock, texts, patches, resolutions), whose first parent is the
operation before, and whose other parents keep the series' own commits reachable. The files on
disk follow (`ondisk`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import DAMAGED, BusyError, GitError
from stacker.git.leftovers import remove_lock
from stacker.git.objects import Commit, Oid, Signature, is_oid
from stacker.series.versions.numbering import Numbers
from stacker.series.versions.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping

    from stacker.errors import StackerError
    from stacker.git.process import Finished
    from stacker.git.store import ObjectStore

HEAD = "refs/stacker/head"
SEEN = "see"
"""The command of an operation that only kept files edited by hand: its lock does not tell of its
patches."""

_AT_ONCE = 60  # operations
_NOT_IN_NAMES = bytes(range(0x20)) + b"<>\x7f"  # a commit's author line would end there
# git leaves it to the system when a ref comes onto the disk; ours is a commit point.
_DURABLE = (("core.fsync", "reference"),)


class Operation(NamedTuple):
    """One step in the life of the series: what it was, and the version it left behind.

    `numbers` is `None` in an operation that an older stacker made; `by` is empty where nobody is
    known to have asked for it.
    """

    oid: Oid
    previous: Oid | None
    version: int
    command: str
    reason: str
    seconds: int
    numbers: Numbers | None
    by: str = ""


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


def record(
    store: ObjectStore,
    what: Snapshot,
    keep: Iterable[Oid],
    *,
    version: int,
    content: str | None,
    command: str,
    reason: str,
    now: int,
    by: str = "",
    known: Container[Oid] = (),
) -> Operation:
    """Make an operation and move the head to it: the commit point. `now` in seconds since 1970.

    `by` names who asked for it.

    `content` names the version's content (`numbering.content_of`), where the lock tells of it.
    Objects that are `known` to be in the store are not written again. Raises `BusyError` when
    another command moved the head meanwhile; nothing is changed then.
    """
    before = current(store)
    head = _Head(before, version, content, command, reason, now, by)
    done = _made(store, what, keep, head, known)
    _move(store, before, done)
    return done


def put_aside(
    store: ObjectStore,
    what: Snapshot,
    keep: Iterable[Oid],
    *,
    command: str,
    reason: str,
    now: int,
    by: str = "",
) -> Operation:
    """Keep files of which the lock does not tell as a version that the series does not go to.

    The version gets a number of its own; behind it stands an operation that leaves all as it was.
    Both come in one step. Where the newest step did just this already, nothing is done.
    """
    here = current(store)
    assert here is not None, "work begins on a version"
    last = operation(store, here.previous) if here.previous else None
    if last and last.reason == reason and store.commit(last.oid).tree == what.root:
        return last
    number = next_number(store)
    with store.bulk():
        kept = _made(store, what, keep, _Head(here, number, None, SEEN, reason, now, by))
        command = SEEN if here.command == SEEN else command
        back = _Head(kept, here.version, None, command, f"v{number} put aside", now, by)
        again = _made(store, Snapshot({}, {}, {}, store.commit(here.oid).tree), (), back)
    _move(store, here, again)
    return kept


def next_number(store: ObjectStore) -> int:
    """A number that no version has."""
    here = current(store)
    return _numbers(store, here, 0, None).highest + 1


class _Head(NamedTuple):
    """What an operation says of itself, and which one it comes after."""

    before: Operation | None
    version: int
    content: str | None
    command: str
    reason: str
    now: int
    by: str


def _made(
    store: ObjectStore,
    what: Snapshot,
    keep: Iterable[Oid],
    head: _Head,
    known: Container[Oid] = (),
) -> Operation:
    """The operation, in the store; the series' head is where it was."""
    before = head.before
    us = Signature(b"stacker", b"stacker@localhost", f"{head.now} +0000".encode())
    name = head.by.encode("utf-8", "replace").translate(None, _NOT_IN_NAMES).strip()
    who = Signature(name, b"", us.when) if name else us
    message = (
        f"{head.command}: {head.reason}\n\nVersion: {head.version}\n"
        f"Previous: {before.oid if before else 'none'}\n"
        f"{_numbers(store, before, head.version, head.content).line()}"
    )
    parents = tuple(dict.fromkeys([*([before.oid] if before else []), *keep]))
    with store.bulk():
        for path, blob in what.blobs.items():
            if blob not in known:
                store.write("blob", what.files[path])
        for tree, raw in what.trees.items():
            if tree not in known:
                store.write("tree", raw)
        oid = store.write_commit(Commit(what.root, parents, who, us, message.encode()))
    return operation(store, oid)


def _move(store: ObjectStore, before: Operation | None, after: Operation) -> None:
    """Move the head: the commit point."""
    old = before.oid if before else "0" * len(after.oid)
    done = store.git.attempt("update-ref", HEAD, after.oid, old, config=_DURABLE)
    if done.code != 0:
        raise _refused(store, old, done)


def _refused(store: ObjectStore, old: str, done: Finished) -> StackerError:
    """Why the head could not be moved."""
    said = done.said
    if done.code < 0:  # killed; whatever it held, nobody holds it now
        remove_lock(store.git.directory, HEAD)
    if ".lock'" in said:
        return BusyError(
            f"another git has, or one that was killed had, the series' head ({said})",
            hint="Run the command again in ten seconds; then it takes a lock left lying away.",
        )
    if (store.resolve(HEAD) or "0" * len(old)) != old:
        return BusyError("the series moved meanwhile", hint="Run the command again.")
    message = f"git update-ref: {said}"
    return GitError(message, hint=GitError(message).hint or DAMAGED)


def _numbers(
    store: ObjectStore, last: Operation | None, version: int, content: str | None
) -> Numbers:
    if last is None:
        carried = {} if content is None else {content: version}
        return Numbers(version, carried)
    numbers = last.numbers
    if numbers is None:
        numbers = Numbers(max(one.version for one in history(store)), {}, last.oid)
    return numbers.following(last.oid, version, content)


def _read(oid: Oid, commit: Commit) -> Operation:
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
        numbers=Numbers.parse(text),
        by="" if commit.author == commit.committer else commit.author.name.decode(errors="replace"),
    )
