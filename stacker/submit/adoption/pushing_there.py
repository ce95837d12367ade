"""Whether what a stage adds may be pushed to somebody's branch; asked before anything is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.api import Permission, PullState
from stacker.submit.adoption.adopted import ANEW

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted
    from stacker.submit.adoption.adopted import Adopted
    from stacker.submit.place import PullForge

_WRITES = (Permission.WRITE, Permission.ADMIN)


def refuse_pushes(
    forge: PullForge,
    wanted: Sequence[Wanted],
    adopted: Mapping[StageId, Adopted],
    tips: Mapping[tuple[str, str], Oid],
) -> None:
    """Raise `ForgeError` where somebody's branch is to move, and this token may not push there."""
    for one in wanted:
        theirs = adopted.get(one.stage)
        if theirs is None or theirs.place is None or theirs.pull is None:
            continue
        if tips.get((one.head.place, f"refs/heads/{one.head.branch}")) == one.head.head:
            continue
        pull, fork = theirs.pull, theirs.pull.head_repository
        if pull.state is not PullState.OPEN:
            raise ForgeError(
                f"#{pull.number} is {pull.state}: nothing can be pushed to it", hint=ANEW
            )
        # Who may edit somebody's pull request may write upstream, which is whom authors allow it.
        if not (pull.maintainer_can_modify and pull.may_edit) and not _writes(forge, fork):
            raise ForgeError(
                f"this token may not push to {fork} {pull.head_branch}, the branch of "
                f"#{pull.number}",
                hint=f"Its author can allow it: with *Allow edits by maintainers* to whoever may "
                f"write upstream, or by a right to push to {fork}. {ANEW}",
            )


def _writes(forge: PullForge, name: str | None) -> bool:
    facts = forge.repository(name) if name is not None else None
    return facts is not None and facts.permission in _WRITES
