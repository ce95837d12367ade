"""`stacker undo`: the series as it was at an earlier version, as one step that is undoable too.

What the forge has stays known: pull requests, published heads and landings are taken over from
the newest lock, whatever version is restored.

Undo without a version goes back and forth, so it matters whether one that was killed is done.
It is when it came to its commit point; and as long as its files were not all written, it has not
said so. Who says `undo` then means that one: it is finished, and not undone in turn.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import UsageError
from stacker.rebase import attempt
from stacker.series.lock import Lock
from stacker.series.lock import parse as parse_lock
from stacker.series.saving import save, see
from stacker.series.versions import ondisk, operations
from stacker.series.versions.joined import joined_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.series.versions.operations import Operation
    from stacker.series.workspace import Workspace


_BACK = "back to v"


@dataclass(frozen=True, slots=True)
class UndoResult:
    """From which version to which; `edits_kept` when hand-made edits were put aside first."""

    before: int
    now: int
    edits_kept: bool


def undo(work: Workspace, to: int | None = None) -> UndoResult:
    """Go back to the version before this one, or to version `to`."""
    here = operations.current(work.store)
    if here is None:
        raise UsageError("there is nothing to undo", hint="This directory has no version yet.")
    if to is None and work.finished and _is_undo(here):
        return _finished(work, here)
    target = _target(work, here, to)
    found = ondisk.found(work.store, work.directory)
    edits_kept = see(work.directory, work.store, found, work.now, by=work.person)
    files = operations.files_of(work.store, target.oid)
    lock = _with_publication(_lock(files), _lock(found))
    save(
        work.directory, work.store, files, lock,
        loaded=found, command=_command(target), now=work.now, by=work.person,
        reason=f"{_BACK}{target.version} ({here.command})", version=target.version,
        meanwhile=lambda: attempt.forget(work.directory.state),
    )  # fmt: skip
    return UndoResult(here.version, target.version, edits_kept)


def _is_undo(operation: Operation) -> bool:
    return operation.command in ("undo", operations.SEEN) and operation.reason.startswith(_BACK)


def _finished(work: Workspace, here: Operation) -> UndoResult:
    """What the undo that was killed would have said."""
    attempt.forget(work.directory.state)
    before = operations.operation(work.store, here.previous) if here.previous else here
    return UndoResult(before.version, here.version, before.command == operations.SEEN)


def _command(target: Operation) -> str:
    """Files edited by hand come back as that: the restored lock does not tell of them."""
    return operations.SEEN if target.command == operations.SEEN else "undo"


def _target(work: Workspace, here: Operation, to: int | None) -> Operation:
    """The version asked for; the one before, where none is. Of what a sync joined with home's that
    is home's: ours lacks what others did, and would take it from all with the next sync.

    What was found edited by hand has the number of the version that it was made of, which is
    meant. An edit begins with the version before it, whatever files it came by.
    """
    found = None
    home = joined_with(here.reason) if here.command in ("sync", operations.SEEN) else None
    if to is None and home not in (None, here.version) and any(_wanted(work, here, home)):
        to = home
    if to is not None or here.command == "edit":
        found = next((o for o in _wanted(work, here, to) if o.command != operations.SEEN), None)
    found = found or next(_wanted(work, here, to), None)
    if found is None:
        known = sorted({one.version for one in operations.history(work.store)})
        shown = ", ".join(f"v{number}" for number in known)
        what = "there is no earlier version" if to is None else f"there is no v{to}"
        raise UsageError(what, hint=f"This directory has {shown}.")
    return found


def _wanted(work: Workspace, here: Operation, to: int | None) -> Iterator[Operation]:
    """The operations of version `to`, or of other versions than `here`; newest first."""
    for one in operations.history(work.store):
        if one.version == to if to is not None else one.version != here.version:
            yield one


def _lock(files: dict[str, bytes]) -> Lock:
    return parse_lock(files["series.lock"]) if "series.lock" in files else Lock()


def _with_publication(restored: Lock, newest: Lock) -> Lock:
    lines = []
    for line in restored.stages:
        known = newest.stage(line.stage)
        if known is not None:
            line = line._replace(  # noqa: PLW2901 - the same line, brought up to date
                pull=known.pull,
                published=known.published,
                landing=known.landing or line.landing,
            )
        lines.append(line)
    return restored.with_stages(lines)
