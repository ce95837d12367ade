"""`stacker gate`: report on every pull request of the series whether it may be merged alone.

These are commit statuses: who may write to the repository can set them, so they hold against a
click and not against somebody who forges one. Each is bound to the head that was judged; what is
pushed while they are set is judged again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from stacker.errors import ForgeError
from stacker.forge.api import CIState, PullState
from stacker.gate.context import CONTEXT
from stacker.gate.judging import Verdict, judge, state_of, stricter
from stacker.gate.looking import look
from stacker.gate.reading import PullReader, mergeable, read_pulls
from stacker.rebase.upstream_has import torn_groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.api import PullRequest
    from stacker.git.transfer import Told
    from stacker.landed.group import GroupLanding, Torn
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace

_NOT_ALLOWED = (403, 404)  # a forge hides from many what they may not do
_ROUNDS = 3  # somebody may push while statuses are set; not for ever


class GateForge(PullReader, Protocol):
    """What the gate asks of a forge."""

    def set_status(
        self,
        repository: str,
        oid: str,
        *,
        context: str,
        state: CIState,
        description: str,
        url: str | None = None,
    ) -> None:
        """Report a commit status."""
        ...


@dataclass(frozen=True, slots=True)
class GateResult:
    """What was said of each open pull request, in plan order, and the groups that are torn."""

    verdicts: tuple[Verdict, ...]
    torn: tuple[Torn, ...]


def gate(
    work: Workspace, forge: GateForge, group: str | None, *,
    dry_run: bool = False, told: Told | None = None,
) -> GateResult:  # fmt: skip
    """Report on the members of `group` (none: of every group), and pass what is in none."""
    series = work.load(told)
    if group is not None:
        series.plan.group(group)
    sent: set[str] = set()
    pulls = read_pulls(work, series, forge)
    for _ in range(_ROUNDS):
        landings = look(work, series, pulls, told)
        judged = {name: _judged(series, landings, own, group) for name, own in pulls.items()}
        new = [(name, v) for name, own in judged.items() for v in own if v.changed]
        if dry_run or not new:
            break
        for name, one in new:
            _report(forge, name, one)
            sent.add(one.head)
        before, pulls = pulls, read_pulls(work, series, forge)
        if mergeable(pulls) == mergeable(before):
            break
    else:
        raise ForgeError(
            "heads of pull requests move all the time; what was seen last is judged",
            hint="Run it again: what nobody has judged yet does not pass where it is required.",
        )
    verdicts = [replace(v, changed=v.changed or v.head in sent) for v in chain(*judged.values())]
    verdicts.sort(key=lambda v: series.plan.order.index(v.stage))
    torn = torn_groups(work, series, landings)
    mine = (one for one in torn if group in (None, one.landing.group))
    return GateResult(tuple(verdicts), tuple(mine))


def _report(forge: GateForge, repository: str, one: Verdict) -> None:
    """Set the status, or say who can."""
    try:
        forge.set_status(
            repository, one.head, context=CONTEXT, state=state_of(one),
            description=one.description,
        )  # fmt: skip
    except ForgeError as exc:
        from stacker.forge.failures import Refused  # noqa: PLC0415 - the forge's client is loaded

        if isinstance(exc, Refused) and exc.status in _NOT_ALLOWED and not exc.limited:
            hint = (
                f"Who may write to {repository} has to run this. What it would say: "
                "`stacker gate --dry-run`; what a token may do: `stacker doctor --for land`."
            )
            raise ForgeError(exc.message, hint=hint) from exc
        raise


def _judged(
    series: Series,
    landings: Mapping[str, GroupLanding],
    pulls: Mapping[StageId, PullRequest],
    only: str | None,
) -> tuple[Verdict, ...]:
    """What is said of each open one; of other groups than `only` nothing."""
    numbers = {stage: pull.number for stage, pull in pulls.items()}
    found = tuple(
        judge(series.plan, landings, stage, pull, numbers)
        for stage, pull in pulls.items()
        if pull.state is PullState.OPEN
    )
    strict = stricter(found, pulls)
    others = {s for g in series.plan.groups if only not in (None, g.name) for s in g.stages}
    return tuple(v for v in strict if not (v.closed and v.stage in others))
