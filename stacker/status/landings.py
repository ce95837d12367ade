"""Landings that were begun and have not ended: those that this directory's journal knows, and those
of other machines, as the locks of upstream's branches said when they were last seen.

Every fetch of an upstream branch brings the locks along, so that who looks asks nobody.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from stacker.errors import StackerError
from stacker.git.objects import Oid
from stacker.git.refs import listed
from stacker.land.journal import all_in
from stacker.land.lock import Holder, parse
from stacker.series.plan.upstream import UpstreamKind
from stacker.series.workspace import fetch_locks
from stacker.status.value import Unfinished

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.land.intent import Intent
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan
    from stacker.series.workspace import Workspace

_ID = re.compile(r"[0-9a-f]{7,64}")
_LONGEST = 120  # characters of what a lock says, which anybody may have written


def unfinished_landings(
    directory: SeriesDirectory, plan: Plan, work: Workspace | None, now: int
) -> tuple[Unfinished, ...]:
    """All of them, the journal's first; `work` is `None` where there is no store."""
    try:
        begun = all_in(directory.state)
    except (StackerError, ValueError, KeyError, TypeError):
        text = "a landing left a journal that cannot be read"
        return (Unfinished(text, "stacker doctor"),)
    known = [
        Unfinished(f"the landing of {one.intent.name} is unfinished", _command(plan, one.intent))
        for one in begun
        if not one.ended
    ]
    # Of these the journal knows more than the lock.
    told = {one.intent.tx for one in begun if one.own or not one.ended}
    others = (
        _other(plan, branch, holder, now)
        for branch, holder in (_locks(work) if work is not None else ())
        if holder.intent is None or holder.intent.tx not in told
    )
    return (*known, *others)


def read_locks(work: Workspace, told: Told | None = None) -> None:
    """Ask each upstream on the forge who lands there; one that does not answer is no error."""
    for repository in work.plan.repositories:
        if repository.kind is UpstreamKind.FORGE and repository.name in work.upstreams:
            with suppress(StackerError):
                fetch_locks(work.store, work.upstreams[repository.name], told)


def _other(plan: Plan, branch: str, holder: Holder, now: int) -> Unfinished:
    """Another machine's landing; who may land can end it once its time is over."""
    left = holder.expires - now
    when = f"its time ends in {-(-left // 60)} min" if left > 0 else "its time is over"
    what = f"{holder.said[:_LONGEST]} holds {branch}, as of the last fetch; {when}"
    command = _command(plan, holder.intent) if holder.intent is not None and left <= 0 else ""
    return Unfinished(what, command, ours=False)


def _command(plan: Plan, intent: Intent) -> str:
    """The command line that goes on with it; empty where the plan has no such thing, for anybody
    may have written the intent."""
    if intent.reverts is not None:
        known = _ID.fullmatch(intent.reverts)
        return f"stacker land --revert {intent.reverts}" if known else ""
    if any(group.name == intent.name for group in plan.groups):
        return f"stacker land --group {intent.name}"
    return f"stacker land {intent.name}" if intent.name in plan.order else ""


def _locks(work: Workspace) -> Iterator[tuple[str, Holder]]:
    """The branches that the series is for and somebody lands on, and who that is."""
    for upstream in work.upstreams.values():
        for ref, oid in _refs(work.store, upstream.locks):
            branch = ref.removeprefix(upstream.locks)
            if upstream.branch in (None, branch):
                yield branch, _holder(work.store, oid)


def _holder(store: ObjectStore, oid: Oid) -> Holder:
    """What a lock's commit says, whoever made it."""
    try:
        return parse(store, oid)
    except (StackerError, ValueError):
        return Holder(oid, "a landing that cannot be read", 0, None)


def _refs(store: ObjectStore, prefix: str) -> Iterable[tuple[str, Oid]]:
    found = listed(store.git.directory, prefix.rstrip("/"))
    if found is None:
        said = store.git.lines("for-each-ref", "--format=%(refname) %(objectname)", prefix)
        found = dict(line.rsplit(" ", 1) for line in said)
    return ((ref, Oid(oid)) for ref, oid in found.items())
