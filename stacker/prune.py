"""`stacker doctor --prune`: old versions are let go, and what only they kept leaves the disk; so
does what a killed `verify` left.

Until somebody asks for that, nothing that ever was a version becomes unreachable. The line of
operations is made anew from the oldest one that stays; what home has of older ones stays there.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.doctor.leftovers import left_by_verify, named
from stacker.edit.place import all_opened
from stacker.errors import SeriesError, UsageError
from stacker.git.worktree import remove_tree
from stacker.land.journal import unfinished_in
from stacker.rebase import attempt
from stacker.series.lock import parse as parse_lock
from stacker.series.versions import ondisk, operations
from stacker.series.versions.numbering import Numbers, content_of
from stacker.series.versions.recording import NewOperation, extend
from stacker.series.versions.snapshot import Snapshot
from stacker.submit import intents
from stacker.sync import home
from stacker.sync.line import read, shared

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.git.store import ObjectStore
    from stacker.series.versions.operations import Operation
    from stacker.series.workspace import Workspace

_GC = (("gc.reflogExpire", "now"), ("gc.worktreePruneExpire", "never"), ("pack.threads", "1"))


@dataclass(frozen=True, slots=True)
class Pruned:
    """How many steps are gone, the versions that are left, and the bytes that came free.

    `leftovers` are the paths below `.stacker` that a killed `verify` had left.
    """

    steps: int
    versions: tuple[int, ...]
    freed: int
    leftovers: tuple[str, ...]


def prune(work: Workspace, keep: int, lanes: Path | None = None) -> Pruned:
    """Keep the newest `keep` versions; `lanes` lie elsewhere if that is given.

    Raises `SeriesError` while something is under way that may need what would go.
    """
    if keep < 1:
        raise UsageError("at least one version has to stay", hint="As `--keep 1`.")
    _refuse_unfinished(work)
    store, state = work.store, work.directory.state
    left = left_by_verify(state, lanes)
    freed = sum(map(_size, left))
    for path in left:
        if path.is_dir():
            remove_tree(path)
        else:
            path.unlink(missing_ok=True)
    line = list(operations.history(store))[::-1]
    stays = _staying(line, keep)
    gone = line[: len(line) - len(stays)]
    if gone:
        extend(store, line[-1], None, _anew(store, gone, stays))
        ondisk.write_files(store, work.directory)
    before = _size(store.objects)
    store.close()  # Windows removes no file that somebody has open
    store.git.run("gc", "--quiet", "--prune=now", config=_GC)
    versions = tuple(sorted({one.version for one in stays}))
    freed += max(0, before - _size(store.objects))
    names = tuple(named(path, state) for path in left)
    return Pruned(len(gone), versions, freed, names)


def _refuse_unfinished(work: Workspace) -> None:
    state = work.directory.state
    under_way = [f"{one.stage} is open in {one.folder}" for one in all_opened(state)]
    if attempt.read(state) is not None:
        under_way.append("a rebase has stopped at a conflict")
    begun = (landing.intent.name for landing in unfinished_in(state))
    under_way += [f"the landing of {name} is unfinished" for name in begun]
    if intents.read(state):
        under_way.append("a submit is unfinished")
    if under_way:
        raise SeriesError(
            "; ".join(under_way), hint="Finish that, or give it up; `stacker status` says how."
        )


def _staying(line: Sequence[Operation], keep: int) -> Sequence[Operation]:
    """The end of the line that has the newest versions, from a step on whose lock tells of its
    patches."""
    seen: set[int] = set()
    start = len(line)
    for n, one in reversed(list(enumerate(line))):
        if len(seen | {one.version}) > keep:
            break
        seen.add(one.version)
        start = n if one.command != operations.SEEN else start
    return line[min(start, len(line) - 1) :]


def _anew(
    store: ObjectStore, gone: Sequence[Operation], stays: Sequence[Operation]
) -> list[NewOperation]:
    """The operations that stay, once more: the first has none before it."""
    at_home = {step.oid for step in read(store, home.last_known(store))}
    steps = reversed(shared(store, gone, gone[0].after))
    after = next((step.oid for step in steps if step.oid in at_home), gone[0].after)
    numbers = stays[-1].numbers
    highest = numbers.highest if numbers else max(one.version for one in (*gone, *stays))
    found = []
    for one in stays:
        commit, content = store.commit(one.oid), _content(store, one)
        first = one is stays[0]
        carried = {} if content is None else {content: one.version}
        found.append(
            NewOperation(
                Snapshot.known(commit.tree), commit.parents[1:], one.version, content,
                one.command, one.reason, one.seconds, one.by,
                after=after if first else None,
                numbers=Numbers(highest, carried) if first else None,
            )
        )  # fmt: skip
    return found


def _content(store: ObjectStore, one: Operation) -> str | None:
    raw = operations.file_of(store, one.oid, "series.lock")
    return content_of(parse_lock(raw)) if raw and one.command != operations.SEEN else None


def _size(top: Path) -> int:
    files = (path.lstat() for path in (top, *top.rglob("*")))
    return sum(found.st_size for found in files if stat.S_ISREG(found.st_mode))
