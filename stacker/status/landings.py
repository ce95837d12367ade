"""Landings that were begun and have not ended: this directory's own, and those of other machines,
as the locks of upstream's branches said when they were last seen.

Every fetch of an upstream branch brings them along, so that who looks asks nobody.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.git.objects import Oid
from stacker.git.refs import listed
from stacker.land import intent as journal
from stacker.series.plan.upstream import UpstreamKind
from stacker.series.workspace import fetch_locks
from stacker.status.value import Unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan
    from stacker.series.workspace import Workspace

_NAME = re.compile(r"landing of (\S+) by \S")
_TX = re.compile(r"^Stacker-Landing: (\S+)", re.MULTILINE)
_EXPIRES = re.compile(r"^Stacker-Expires: (\d{1,12})$", re.MULTILINE)
_LONGEST = 120  # characters of what a lock says, which anybody may have written


@dataclass(frozen=True, slots=True)
class _Lock:
    """The lock of an upstream branch, and what its commit says."""

    branch: str
    text: str


def unfinished_landings(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, now: int
) -> tuple[Unfinished, ...]:
    """All of them, our own first; `work` is `None` where there is no store."""
    try:
        begun = journal.begun(directory.state)
        left = journal.unfinished(directory.state)
    except (StackerError, ValueError, KeyError, TypeError):
        text = "a landing left a journal that cannot be read"
        return (Unfinished(text, "stacker doctor"),)
    own = [
        Unfinished(f"the landing of {one.name} is unfinished", land_command(plan, one.name))
        for one in left
    ]
    # Of our own the journal knows more than the lock.
    ours = {one.tx for one in begun}
    others = (one for one in (_locks(work) if work is not None else ()) if _tx(one) not in ours)
    return (*own, *(_other(plan, one, now) for one in others))


def read_locks(work: Workspace, told: Told | None = None) -> None:
    """Ask each upstream on the forge who lands there; one that does not answer is no error."""
    for repository in work.plan.repositories:
        if repository.kind is UpstreamKind.FORGE and repository.name in work.upstreams:
            with suppress(StackerError):
                fetch_locks(work.store, work.upstreams[repository.name], told)


def land_command(plan: Plan, name: str) -> str:
    """The command line that lands what is called so; empty where the plan has no such thing."""
    if any(group.name == name for group in plan.groups):
        return f"stacker land --group {name}"
    return f"stacker land {name}" if name in plan.order else ""


def _other(plan: Plan, one: _Lock, now: int) -> Unfinished:
    """Another machine's landing; who may land can end it once its time is over."""
    said = one.text.partition("\n")[0][:_LONGEST]
    named, expires = _NAME.match(said), _EXPIRES.search(one.text)
    left = int(expires[1]) - now if expires else 0
    when = f"its time ends in {-(-left // 60)} min" if left > 0 else "its time is over"
    what = f"{said} holds {one.branch}, as of the last fetch; {when}"
    command = land_command(plan, named[1]) if named and left <= 0 else ""
    return Unfinished(what, command, ours=False)


def _locks(work: Workspace) -> Iterator[_Lock]:
    """The locks of the branches that the series is for."""
    for upstream in work.upstreams.values():
        for ref, oid in _refs(work, upstream.locks):
            branch = ref.removeprefix(upstream.locks)
            if upstream.branch in (None, branch):
                yield _Lock(branch, _text(work.store, oid))


def _text(store: ObjectStore, oid: Oid) -> str:
    """What a lock's commit says, whoever made it."""
    try:
        return store.commit(oid).message.decode("utf-8", "replace")
    except (StackerError, ValueError):
        return "a landing that cannot be read"


def _refs(work: Workspace, prefix: str) -> Iterable[tuple[str, Oid]]:
    found = listed(work.store.git.directory, prefix.rstrip("/"))
    if found is None:
        said = work.store.git.lines("for-each-ref", "--format=%(refname) %(objectname)", prefix)
        found = dict(line.rsplit(" ", 1) for line in said)
    return ((ref, Oid(oid)) for ref, oid in found.items())


def _tx(one: _Lock) -> str | None:
    said = _TX.search(one.text)
    return said[1] if said else None
