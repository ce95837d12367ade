"""The line of versions as a team shares it: the steps of a series without its commits.

The operations of a store keep upstream's history reachable, which home need not have. A shared
step has the same files and says the same, but has no other parent than the step before it, so
it is small; whoever takes it rebuilds the commits out of the patch files. Its id follows from what
it says, so two clones with the same history have the very same line, and nobody need remember
what was shared already.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import UPGRADE, GitError, SeriesError
from stacker.git.objects import Commit, Oid
from stacker.git.pack import object_id
from stacker.series.versions.recording import author_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation

_VERSION = re.compile(r"^Version: (\d{1,9})$", re.MULTILINE)
_COMMAND = re.compile(r"[a-z][a-z -]{0,40}")
_AT_ONCE = 200  # commits
_LATEST = 253402300799  # seconds since 1970: the end of the year 9999


class SharedStep(NamedTuple):
    """An operation as it is shared: `tree` has the files; `seconds` since 1970."""

    oid: Oid
    tree: Oid
    version: int
    command: str
    reason: str
    seconds: int
    by: str


class Step(NamedTuple):
    """An operation of this store and the shared step that tells of it, as a commit."""

    operation: Operation
    oid: Oid
    commit: Commit


def shared(store: ObjectStore, line: Iterable[Operation], after: Oid | None) -> list[Step]:
    """The shared steps of operations, oldest first, of which the first comes behind `after`.

    Nothing is written.
    """
    found: list[Step] = []
    line = list(line)
    store.commits([one.oid for one in line])
    for one in line:
        commit = _commit(one, store.commit(one.oid).tree, (after,) if after else ())
        after = object_id(store.algorithm, "commit", commit.raw)
        found.append(Step(one, after, commit))
    return found


def _commit(one: Operation | SharedStep, tree: Oid, parents: tuple[Oid, ...]) -> Commit:
    return Commit(
        tree, parents, author_of(one.by, one.seconds), author_of("", one.seconds),
        f"{one.command}: {one.reason}\n\nVersion: {one.version}\n".encode(),
    )  # fmt: skip


def write(store: ObjectStore, steps: Iterable[Step]) -> None:
    """Put the commits of shared steps into the store."""
    with store.bulk():
        for step in steps:
            store.write_commit(step.commit)


def read(store: ObjectStore, head: Oid | None) -> list[SharedStep]:
    """Home's line up to `head`, oldest first; raises `SeriesError` for what is no such line."""
    found: list[SharedStep] = []
    while head is not None:
        revs = [f"{head}~{n}" for n in range(_AT_ONCE)]
        for answer in store.find_many(revs):
            if answer is None:
                if head is not None:  # the first one has no parent; a gap is something else
                    raise _strange(head, "it is not there")
                break
            if head is None or answer[0] != "commit":
                break
            step, parents = _step(head, answer[2])
            found.append(step)
            head = parents[0] if parents else None
    return found[::-1]


def _step(oid: Oid, raw: bytes) -> tuple[SharedStep, tuple[Oid, ...]]:
    """A shared step and its parents; only the very bytes that stacker writes are one."""
    try:
        commit = Commit.parse(raw)
        seconds = commit.committer.seconds
    except (GitError, ValueError, IndexError) as exc:
        raise _strange(oid, "it is no sound commit") from exc
    text = commit.message.decode("utf-8", "replace")
    subject, _, rest = text.partition("\n")
    command, _, reason = subject.partition(": ")
    version = _VERSION.search(rest)
    if len(commit.parents) > 1 or version is None or not _COMMAND.fullmatch(command):
        raise _strange(oid, "it does not read as a step of a series")
    by = "" if commit.author == commit.committer else commit.author.name.decode(errors="replace")
    step = SharedStep(oid, commit.tree, int(version[1]), command, reason, seconds, by)
    if not 0 <= seconds <= _LATEST or _commit(step, commit.tree, commit.parents).raw != raw:
        raise _strange(oid, "no stacker that is known here wrote it")
    return step, commit.parents


def _strange(oid: Oid, why: str) -> SeriesError:
    return SeriesError(
        f"home's line of versions has {oid[:12]}: {why}",
        hint=f"If a newer stacker did: {UPGRADE[0].lower()}{UPGRADE[1:]} Else something else wrote "
        "refs/stacker/versions of home: ask who may push there.",
    )
