"""New operations at the end of the line: made whole in the store, then the head moves to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import DAMAGED, BusyError, GitError
from stacker.git.leftovers import remove_lock
from stacker.git.objects import Commit, Signature
from stacker.series.versions.numbering import Numbers
from stacker.series.versions.operations import HEAD, SEEN, current, history, operation
from stacker.series.versions.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from stacker.errors import StackerError
    from stacker.git.objects import Oid
    from stacker.git.process import Finished
    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation

_NOT_IN_NAMES = bytes(range(0x20)) + b"<>\x7f"  # a commit's author line would end there
# git leaves it to the system when a ref comes onto the disk; ours is a commit point.
_DURABLE = (("core.fsync", "reference"),)


class NewOperation(NamedTuple):
    """An operation that is to be: its files, the commits that it keeps, and what it says of itself.

    `content` names the version's content (`numbering.content_of`), where the lock tells of it;
    `seconds` since 1970; `by` names who asked for it. The first operation of a line that was pruned
    says what came before it: the shared step `after` which it comes, and the `numbers` given.
    """

    what: Snapshot
    keep: tuple[Oid, ...]
    version: int
    content: str | None
    command: str
    reason: str
    seconds: int
    by: str = ""
    after: Oid | None = None
    numbers: Numbers | None = None


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
    """Make an operation and move the head to it: the commit point; the fields of `NewOperation`.

    Objects that are `known` to be in the store are not written again. Raises `BusyError` when
    another command moved the head meanwhile; nothing is changed then.
    """
    before = current(store)
    new = NewOperation(what, tuple(keep), version, content, command, reason, now, by)
    done = _made(store, before, new, known)
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
    command = SEEN if here.command == SEEN else command
    as_it_was = Snapshot.known(store.commit(here.oid).tree)
    kept, _ = extend(store, here, here, (
        NewOperation(what, tuple(keep), number, None, SEEN, reason, now, by),
        NewOperation(
            as_it_was, (), here.version, None, command, f"v{number} put aside", now, by
        ),
    ))  # fmt: skip
    return kept


def extend(
    store: ObjectStore,
    here: Operation | None,
    onto: Operation | None,
    line: Sequence[NewOperation],
) -> tuple[Operation, ...]:
    """Make a line of operations, the first after `onto`, and move the head from `here` to the last
    of them: all in one step. Raises `BusyError` when the head is elsewhere."""
    made: list[Operation] = []
    before = onto
    with store.bulk():
        for new in line:
            before = _made(store, before, new)
            made.append(before)
    if before is not None and before != here:
        _move(store, here, before)
    return tuple(made)


def author_of(by: str, seconds: int) -> Signature:
    """Who an operation says that it was asked for by; stacker itself where nobody is known."""
    when = f"{seconds} +0000".encode()
    name = by.encode("utf-8", "replace").translate(None, _NOT_IN_NAMES).strip()
    return Signature(name, b"", when) if name else Signature(b"stacker", b"stacker@localhost", when)


def next_number(store: ObjectStore) -> int:
    """A number that no version has."""
    here = current(store)
    return _numbers(store, here, 0, None).highest + 1


def _made(
    store: ObjectStore, before: Operation | None, new: NewOperation, known: Container[Oid] = ()
) -> Operation:
    """The operation, in the store; the series' head is where it was."""
    who, us = author_of(new.by, new.seconds), author_of("", new.seconds)
    numbers = new.numbers or _numbers(store, before, new.version, new.content)
    after = f"After: {new.after}\n" if new.after else ""
    message = (
        f"{new.command}: {new.reason}\n\nVersion: {new.version}\n"
        f"Previous: {before.oid if before else 'none'}\n"
        f"{after}{numbers.line()}"
    )
    parents = tuple(dict.fromkeys([*([before.oid] if before else []), *new.keep]))
    what = new.what
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
