"""What the real forge has of a series, read and never written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from stacker.forge.api import PullState
from stacker.git import transfer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stacker.forge.api import (
        MergeMethod,
        Permission,
        Protection,
        PullRequest,
        RepositoryFacts,
    )
    from stacker.git.objects import Oid
    from stacker.git.process import Credential
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import Plan

_HEADS = "refs/heads/"


class OriginalForge(Protocol):
    """What a rehearsal asks of the real forge: it only reads."""

    def whoami(self) -> str:
        """The login behind the token."""
        ...

    def repository(self, name: str) -> RepositoryFacts | None:
        """A repository; `None` when the token may not see it."""
        ...

    def pulls(
        self, repository: str, numbers: Sequence[int] = (), heads: Sequence[str] = ()
    ) -> tuple[PullRequest, ...]:
        """Pull requests by number and by head."""
        ...

    def protection(self, repository: str, branch: str) -> Protection | None:
        """What a branch demands."""
        ...


@dataclass(frozen=True, slots=True)
class Spot:
    """A repository of the plan on the forge: its `name` there, upstream and fork (`OWNER/NAME`),
    the trunk, and how git reaches it below the address `site`."""

    name: str
    upstream: str
    fork: str
    trunk: str
    site: str
    credential: Credential | None

    def url(self, repository: str) -> str:
        """Where git finds one of the two."""
        return f"{self.site}/{repository}.git"


@dataclass(frozen=True, slots=True)
class Original:
    """What is to be copied: `branches` of the series in the fork, and its trunk, with their tips;
    the series' pull requests; the other refs of upstream that these need. `rights` is what the
    token's user may do, by repository; a fork that is not there is not in it. `methods` and `rules`
    say how something comes into the trunk.
    """

    spot: Spot
    rights: Mapping[str, Permission]
    methods: frozenset[MergeMethod]
    rules: Protection | None
    branches: Mapping[str, Oid]
    refs: Mapping[str, Oid]
    pulls: tuple[PullRequest, ...]


def read(spot: Spot, plan: Plan, lock: Lock, forge: OriginalForge, here: Path) -> Original:
    """Read all of it; `here` is any existing folder."""
    rights = {}
    methods: frozenset[MergeMethod] = frozenset()
    for name in dict.fromkeys((spot.upstream, spot.fork)):
        facts = forge.repository(name)
        if facts is not None:
            rights[name] = facts.permission
            methods = facts.merge_methods if name == spot.upstream else methods
    lines = [line for line in lock.stages if line.repository == spot.name]
    known = {branch for line in lines for branch in _branches_of(line)}
    branches: dict[str, Oid] = {}
    if spot.fork in rights:
        offered = transfer.ask(spot.url(spot.fork), here, spot.credential).refs
        known.add(spot.trunk)
        branches = {ref: oid for ref, oid in offered.items() if _is_wanted(ref, plan.name, known)}
    pulls = _pulls(spot, plan, lines, branches, forge)
    wanted = [f"{_HEADS}{spot.trunk}", *(f"{_HEADS}{pull.base_branch}" for pull in pulls)]
    wanted += [f"refs/pull/{pull.number}/head" for pull in pulls]
    names = dict.fromkeys(wanted)
    found = transfer.ask(spot.url(spot.upstream), here, spot.credential, *names).refs
    return Original(
        spot=spot, rights=rights, methods=methods, branches=branches, pulls=pulls,
        rules=forge.protection(spot.upstream, spot.trunk) if spot.upstream in rights else None,
        refs={ref: found[ref] for ref in names if ref in found},
    )  # fmt: skip


def _branches_of(line: StageLock) -> tuple[str, ...]:
    branch = line.published.branch if line.published else ""
    return (branch, f"{branch}.below") if branch else ()


def _is_wanted(ref: str, series: str, known: set[str]) -> bool:
    branch = ref.removeprefix(_HEADS)
    return branch != ref and (branch in known or branch.startswith(f"{series}/"))


def _pulls(
    spot: Spot, plan: Plan, lines: Sequence[StageLock], branches: Mapping[str, Oid],
    forge: OriginalForge,
) -> tuple[PullRequest, ...]:  # fmt: skip
    """Ours by their numbers, and those of any branch of the series."""
    owner = spot.fork.partition("/")[0]
    named = {line.published.branch for line in lines if line.published}
    named |= {f"{plan.name}/{stage.id}" for stage in plan.stages if stage.repository == spot.name}
    there = (ref.removeprefix(_HEADS) for ref in branches if not ref.endswith(".below"))
    named |= {branch for branch in there if branch != spot.trunk}
    numbers = [line.pull for line in lines if line.pull]
    asked = [f"{owner}:{branch}" for branch in sorted(named)]
    found = forge.pulls(spot.upstream, numbers, asked) if numbers or asked else ()
    ours = (p for p in found if (p.head_owner or "").casefold() == owner.casefold())
    return tuple({pull.number: pull for pull in ours}.values())


def is_merged(pull: PullRequest) -> bool:
    """Whether it was merged, as what commit is known."""
    return pull.state is PullState.MERGED and pull.merge_commit is not None
