"""Whether an import continues somebody else's pull request, which its stage then adopts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import UsageError
from stacker.forge.answers import printable
from stacker.git import helper
from stacker.git.objects import Signature
from stacker.importing.value import Pull
from stacker.series.plan.upstream import UpstreamKind

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.importing.assignment import Assigned
    from stacker.importing.value import Imported, ImportRequest
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


class Adoption(NamedTuple):
    """Stage `stage` has pull request `number` up to its `head`."""

    stage: StageId
    number: int
    head: Oid


def adoption(
    work: Workspace, request: ImportRequest, repository: str, found: Imported, assigned: Assigned
) -> tuple[Adoption | None, tuple[str, ...]]:
    """What the import adopts, and what a person is told of it.

    A pull request that begins with a commit of one's own is rather one's own.
    """
    source, there = request.source, work.plan.repository(repository)
    if not isinstance(source, Pull) or found.head is None or there.kind is not UpstreamKind.FORGE:
        return None, ()
    (stage, (first, *_)), *more = assigned
    number, key = source.number, f"`adopts = {source.number}`"
    planned = next((one for one in work.plan.stages if one.id == stage), None)
    if planned is not None and planned.adopts == number and not more:
        return Adoption(stage, number, found.head), ()
    author = work.store.commit(first).author
    if _is_mine(work, author):
        return None, ()
    if more:
        return None, (f"{key} at one of them lets its pull request say that it continues this one",)
    if planned is not None:
        return None, (f"{key} at {stage} in the plan lets its pull request say what it continues",)
    who = printable(author.name.decode("utf-8", "replace"))
    said = f"continues #{number} of {who}: {key} was written in the plan"
    return Adoption(stage, number, found.head), (said,)


def _is_mine(work: Workspace, author: Signature) -> bool:
    try:
        who = helper.identity(work.directory.root)
    except UsageError:  # git does not know who this is, so nothing is known to be theirs
        return False
    me = Signature.parse(who.encode("utf-8", "surrogateescape"))
    return author.email.lower() == me.email.lower()
