"""`stacker gate`: report on every pull request of the series whether it may be merged alone.

These are commit statuses: who may write to the repository can set them, so they hold against a
click and not against somebody who forges one. Each is bound to the head that was judged; what is
pushed while they are set is judged again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from stacker.errors import ForgeError
from stacker.forge.api import CIState, PullState
from stacker.forge.cache import remember_pulls
from stacker.gate.context import CONTEXT
from stacker.gate.judging import Verdict, judge, state_of, stricter
from stacker.gate.looking import look
from stacker.landed.group import torn_of
from stacker.series.plan.locating import line_of_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.transfer import Told
    from stacker.landed.group import GroupLanding, Torn
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace

_ROUNDS = 3  # somebody may push while statuses are set; not for ever

Pulls = dict[str, dict["StageId", "PullRequest"]]


class GateForge(Protocol):
    """What the gate asks of a forge."""

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number."""
        ...

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
    sent: dict[str, Verdict] = {}
    pulls = _read(work, series, forge)
    for _ in range(_ROUNDS):
        landings = look(
            work, series, {s: p for own in pulls.values() for s, p in own.items()}, told
        )
        judged = {name: _judged(series, landings, own, group) for name, own in pulls.items()}
        new = [(name, v) for name, own in judged.items() for v in own if v.changed]
        for name, one in new if not dry_run else ():
            forge.set_status(
                name, one.head, context=CONTEXT, state=state_of(one), description=one.description
            )
            sent[one.head] = one
        before = pulls
        if dry_run or not new or _open(pulls := _read(work, series, forge)) == _open(before):
            break
    else:
        raise ForgeError(
            "heads of pull requests move all the time; what was seen last is judged",
            hint="Run it again: what nobody has judged yet does not pass where it is required.",
        )
    order = series.plan.order
    all_of_them = (v for own in judged.values() for v in own)
    verdicts = (replace(v, changed=v.changed or v.head in sent) for v in all_of_them)
    return GateResult(
        tuple(sorted(verdicts, key=lambda v: order.index(v.stage))),
        tuple(_torn(work, series, landings, group)),
    )


def _torn(
    work: Workspace, series: Series, landings: Mapping[str, GroupLanding], only: str | None
) -> Iterator[Torn]:
    numbers = {line.stage: line.pull for line in series.lock.stages if line.pull is not None}
    for name, one in landings.items():
        line = partial(line_of_group, work.directory.plan_file, name)
        torn = torn_of(one, numbers, line)
        if torn is not None and only in (None, name):
            yield torn


def _read(work: Workspace, series: Series, forge: GateForge) -> Pulls:
    """The pull requests of the series by repository, as they are now."""
    by_repository: dict[str, dict[int, StageId]] = {}
    for line in series.lock.stages:
        if line.pull is not None and line.stage in series.plan.order:
            upstream = series.plan.repository(line.repository).upstream
            by_repository.setdefault(upstream, {})[line.pull] = line.stage
    found: Pulls = {}
    for repository, stages in by_repository.items():
        pulls = forge.pulls(repository, list(stages))
        remember_pulls(work.directory.state, pulls, work.now)
        found[repository] = {stages[pull.number]: pull for pull in pulls}
    return found


def _judged(
    series: Series,
    landings: Mapping[str, GroupLanding],
    pulls: Mapping[StageId, PullRequest],
    only: str | None,
) -> tuple[Verdict, ...]:
    """What is said of each open one; of other groups than `only` nothing."""
    numbers = {stage: pull.number for stage, pull in pulls.items()}
    found = []
    for stage, pull in pulls.items():
        group = series.plan.group_of(stage)
        if pull.state is not PullState.OPEN:
            continue
        landing = landings.get(group.name) if group is not None else None
        found.append(judge(group, landing, stage, pull, numbers))
    strict = stricter(tuple(found), pulls)
    if only is None:
        return strict
    members = series.plan.group(only).stages
    return tuple(v for v in strict if v.stage in members or not v.closed)


def _open(pulls: Pulls) -> set[tuple[str, int, str]]:
    """The heads that can be merged now."""
    return {
        (repository, pull.number, pull.head)
        for repository, own in pulls.items()
        for pull in own.values()
        if pull.state is PullState.OPEN
    }
