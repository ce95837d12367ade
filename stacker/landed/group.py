"""How much of a group upstream has: none of it, all of it, or it is torn. Pure.

A stage counts that upstream has and has not taken out again. Who merges the pull request of one
member brings in all that its branch holds: of a fork's that is everything below it, so that the
last member's may well bring in the whole group. Nobody but the proof by trees tells.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.git.objects import Oid
    from stacker.series.plan.model import Plan, StageId

_SHOWN = 8  # characters of a commit's id


class Extent(StrEnum):
    """How much of a group upstream has."""

    NONE = "none"
    PREFIX = "prefix"  # the first ones, in the plan's order
    SOME = "some"  # some, and not just the first ones
    ALL = "all"


@dataclass(frozen=True, slots=True)
class GroupLanding:
    """The members of a group in the plan's order, and those that upstream has, with the commit
    that brought each; `None` where only the forge says that it was merged. `beside` are stages
    that are not of the group, and came with these commits."""

    group: str
    members: tuple[StageId, ...]
    landings: Mapping[StageId, Oid | None]
    beside: Mapping[StageId, Oid | None] = field(default_factory=dict)

    @property
    def landed(self) -> tuple[StageId, ...]:
        """The members that upstream has."""
        return tuple(s for s in self.members if s in self.landings)

    @property
    def left(self) -> tuple[StageId, ...]:
        """The others."""
        return tuple(s for s in self.members if s not in self.landings)

    @property
    def extent(self) -> Extent:
        """How much of it upstream has."""
        count = len(self.landed)
        if count == len(self.members):
            return Extent.ALL
        if count == 0:
            return Extent.NONE
        return Extent.PREFIX if self.members[:count] == self.landed else Extent.SOME

    @property
    def torn(self) -> bool:
        """Whether some landed without the others."""
        return self.extent in (Extent.PREFIX, Extent.SOME)

    @property
    def commits(self) -> tuple[Oid, ...]:
        """The commits that brought members, in the plan's order, each once."""
        found = (self.landings[s] for s in self.landed)
        return tuple(dict.fromkeys(commit for commit in found if commit is not None))


@dataclass(frozen=True, slots=True)
class WayOut:
    """One way to make a torn group whole again: what it comes to, and the command for it; or an
    edit of the plan, for which there is none."""

    what: str
    command: str = ""

    @property
    def line(self) -> str:
        """Both, for a person."""
        return f"{self.what}:  {self.command}" if self.command else self.what


@dataclass(frozen=True, slots=True)
class Torn:
    """A group of which some landed without the others: how that reads, and the ways out."""

    landing: GroupLanding
    said: str
    ways: tuple[WayOut, ...]


def torn_of(
    one: GroupLanding, numbers: Mapping[StageId, int], line: Callable[[], int | None]
) -> Torn | None:
    """The same, if it is torn. `numbers` are those of pull requests; `line` tells where the plan
    has the group's stages."""
    if not one.torn:
        return None
    return Torn(one, alone_words(one, numbers), ways_out(one, line()))


def group_landings(plan: Plan, landings: Mapping[StageId, Oid | None]) -> dict[str, GroupLanding]:
    """How much of each group of the plan there is in `landings`, which has all stages."""
    found = {}
    for group in plan.groups:
        members = plan.in_order(group.stages)
        there = {s: landings[s] for s in members if s in landings}
        others = {s: landings[s] for s in plan.order if s in landings and s not in members}
        with_it = {s: oid for s, oid in others.items() if oid and oid in there.values()}
        found[group.name] = GroupLanding(group.name, members, there, with_it)
    return found


def alone_words(one: GroupLanding, numbers: Mapping[StageId, int]) -> str:
    """Of a torn group what landed without the others: `#11825 landed alone as 1a2b3c4d`.

    `numbers` are those of pull requests; a stage without one goes by its id.
    """
    by_commit: dict[Oid | None, list[str]] = {}
    for stage in one.landed:
        shown = f"#{numbers[stage]}" if stage in numbers else stage
        by_commit.setdefault(one.landings[stage], []).append(shown)
    told, verb = [], "landed alone as"
    for commit, names in by_commit.items():
        if commit is not None:
            told.append(f"{', '.join(names)} {verb} {commit[:_SHOWN]}")
            verb = "as"
    if merged := by_commit.get(None):
        told.append(f"{', '.join(merged)} {'was' if len(merged) == 1 else 'were'} merged alone")
    return ", ".join(told)


def ways_out(one: GroupLanding, line: int | None) -> tuple[WayOut, ...]:
    """What a coordinator can do about a torn group; `line` is that of its stages in the plan."""
    names = ", ".join(f'"{stage}"' for stage in one.landed)
    where = f"series.toml{f':{line}' if line else ''}"
    return (
        WayOut("land the rest", f"stacker land --group {one.group} --rest"),
        *(
            WayOut(f"take {_brought(one, commit)} out again", f"stacker land --revert {commit}")
            for commit in reversed(one.commits)
        ),
        WayOut(f"accept it: {where}, take {names} out of [groups.{one.group}]"),
    )  # fmt: skip


def _brought(one: GroupLanding, commit: Oid) -> str:
    """What a commit brought, members first."""
    both = {**{s: one.landings[s] for s in one.landed}, **one.beside}
    return ", ".join(s for s, by in both.items() if by == commit)
