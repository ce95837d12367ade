"""What really prevents that a member of a group is merged alone, read from forge and rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.doctor.finding import Finding, Health
from stacker.doctor.level import Facts, Level, level_of, next_steps, not_against
from stacker.forge.answers import printable
from stacker.forge.api import PullState
from stacker.gate.action.printing import WORKFLOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.doctor.reach import ReadForge
    from stacker.forge.api import Protection
    from stacker.series.lock import Lock
    from stacker.series.plan.model import Plan, Repository

_HELD = {
    Level.TEXT: "only the words of the pull requests",
    Level.DRAFTS: "every member is a draft",
    Level.STRUCTURE: "no member has an open pull request there",
    Level.LABEL: "a required check is red for a label on each member",
    Level.WORKFLOW: "the gate's workflow is there, and its check is required from any source",
    Level.APP: "the gate's check is required from one app",
    Level.SOLE_UPDATER: "only an app changes the branch",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A branch of a repository of the plan, with its rules."""

    repository: Repository
    trunk: str
    rules: Protection | None


def examine_gate(forge: ReadForge, place: Place, plan: Plan, lock: Lock) -> Iterator[Finding]:
    """The level in force on the branch, where the plan has a group in this repository."""
    repository = place.repository
    landed = {line.stage for line in lock.stages if line.landing is not None}
    grouped = {s for group in plan.groups if len(group.stages) > 1 for s in group.stages}
    here = {s for s in plan.order if plan.stage(s).repository == repository.name}
    tied = (grouped & here) - landed
    if not tied:
        return
    what = f"gate {repository.name}"
    numbers = [n for line in lock.stages if line.stage in tied and (n := line.pull) is not None]
    pulls = forge.pulls(repository.upstream, numbers) if numbers else ()
    facts = Facts(
        tuple(pull for pull in pulls if pull.state is PullState.OPEN),
        place.rules,
        forge.has_file(repository.upstream, place.trunk, WORKFLOW),
    )
    yield gate_finding(what, facts, place.trunk)


def gate_finding(what: str, facts: Facts, trunk: str) -> Finding:
    """The level, what it does not hold against, and how to reach the next."""
    level = level_of(facts)
    said = f"L{level:d} of L{max(Level):d} on {printable(trunk)}: {_HELD[level]}"
    lines = [f"It does not hold against {not_against(facts, level)}."]
    further = next_steps(facts, level, printable(trunk))
    lines += [f"{word} {step}." for word, step in zip(("Next is", "Or"), further, strict=False)]
    health = Health.WARNING if level < Level.STRUCTURE else Health.OK
    return Finding(what, health, said, "\n".join(lines))
