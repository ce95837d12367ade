"""The plan: what `series.toml` says, as frozen values in which every reference holds."""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, NewType

from stacker.series.plan.choices import (
    AdoptsBy,
    ApprovalRule,
    Drafts,
    Landing,
    LandingShape,
    MustPass,
    Preset,
    Proof,
    Publish,
    RunnerKind,
)
from stacker.series.plan.naming import find
from stacker.series.plan.order import Closures, needs_first
from stacker.series.plan.upstream import UpstreamKind, upstream_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

StageId = NewType("StageId", str)

DEFAULT_TIMEOUT = 3600.0  # seconds
DEMO_FORGE = "demo"


class Repository(NamedTuple):
    """An upstream repository that stages of the series go to."""

    name: str
    upstream: str
    branch: str | None = None
    fork: str | None = None
    publish: Publish = Publish.REWRITE
    landing: Landing = Landing.AUTO
    shape: LandingShape = LandingShape.CHAIN
    proof: Proof = Proof.TREE
    preset: Preset = Preset.DEFAULT
    sign_off: bool = False

    @property
    def kind(self) -> UpstreamKind:
        """How the upstream is named."""
        return upstream_kind(self.upstream) or UpstreamKind.URL


class Stage(NamedTuple):
    """One pull request of the series. `needs` is resolved: empty means it stands on the base.

    `adopts` is the number of somebody's pull request that it continues. `paths` are the globs by
    which `import --split` gives it its share of a branch.
    """

    id: StageId
    repository: str
    needs: tuple[StageId, ...] = ()
    issue: str | None = None
    adopts: int | None = None
    was: StageId | None = None
    paths: tuple[str, ...] = ()
    adopts_by: AdoptsBy = AdoptsBy.PULL_REQUEST

    @property
    def pushes_to(self) -> int | None:
        """The number of somebody's pull request whose branch it is pushed to."""
        return self.adopts if self.adopts_by is AdoptsBy.PUSH else None


class Group(NamedTuple):
    """Stages that land together or not at all, in plan order."""

    name: str
    stages: tuple[StageId, ...]
    approvals: int | None = None
    require: tuple[str, ...] = ()


class Runner(NamedTuple):
    """Something that builds, so many `at_once` as it is given.

    Of a buildbot: the name of its force `scheduler`, and to which repository commits are pushed
    for its workers; without `push` it is that to which the stages' branches go. Of a github one:
    the slug of the `app` whose check runs count.
    """

    name: str
    kind: RunnerKind = RunnerKind.LOCAL
    url: str | None = None
    app: str | None = None
    scheduler: str = "stacker"
    push: str | None = None
    at_once: int = 32


class Platform(NamedTuple):
    """A target that the series must work on; without a runner it is built by this machine.

    `toolchain` are the commands whose output tells what builds it; `skips` are globs of the tests
    that may be skipped there, each with its reason.
    """

    name: str
    host: str | None = None
    runner: str | None = None
    builder: str | None = None
    without: Mapping[str, str] = MappingProxyType({})
    toolchain: tuple[tuple[str, ...], ...] | None = None
    skips: Mapping[str, str] = MappingProxyType({})


class Override(NamedTuple):
    """What differs of a check on one platform; None is as the check says."""

    run: tuple[tuple[str, ...], ...] | None = None
    timeout: float | None = None
    paths: tuple[str, ...] | None = None
    env: tuple[str, ...] | None = None
    builder: str | None = None


class Check(NamedTuple):
    """A command of ours that must pass. `timeout` is in seconds; no `platforms` means all.

    It has passed when `min_passes` of at most `attempts` runs did. Evidence older than `max_age`
    (in s) does not count. `needs` are checks that must pass first; `on` what differs, by platform.
    `results` is the file in the lane that it writes its test results to; `carry` what is copied
    into the lane, by the place there: a path relative to the series directory, or absolute.
    With `submodules` they are there, too.
    """

    name: str
    run: tuple[tuple[str, ...], ...]
    repository: str
    must_pass: MustPass = MustPass.EVERY_STAGE
    timeout: float = DEFAULT_TIMEOUT
    paths: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    env: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    attempts: int = 1
    min_passes: int = 1
    max_age: float | None = None
    results: str | None = None
    carry: Mapping[str, str] = MappingProxyType({})
    submodules: bool = False
    on: Mapping[str, Override] = MappingProxyType({})

    def for_platform(self, name: str) -> Check:
        """The check as it is on that platform."""
        if name not in self.on:
            return self
        given = self.on[name]._asdict()
        del given["builder"]  # is the platform's matter
        return self._replace(**{key: value for key, value in given.items() if value is not None})

    def builder(self, platform: Platform) -> str:
        """The name by which the platform's runner knows what builds this check there."""
        there = self.on.get(platform.name, Override())
        return there.builder or platform.builder or platform.name


class EvidenceSigner(NamedTuple):
    """A key whose evidence counts as if it were our own; without `platforms` for all of them.

    `key` is a line as `ssh-keygen` prints it.
    """

    name: str
    key: str
    platforms: tuple[str, ...] | None = None


class _Written(NamedTuple):
    name: str
    title: str
    repositories: tuple[Repository, ...]
    forge: str | None = None
    home: str | None = None
    stages: tuple[Stage, ...] = ()
    groups: tuple[Group, ...] = ()
    runners: tuple[Runner, ...] = ()
    platforms: tuple[Platform, ...] = (Platform("local"),)
    checks: tuple[Check, ...] = ()
    evidence_signers: tuple[EvidenceSigner, ...] = ()
    residue: Mapping[str, str] = MappingProxyType({})
    require_evidence: bool = False
    drafts: Drafts = Drafts.NEEDS_APPROVED
    approvals: ApprovalRule = ApprovalRule.HEAD
    format: int = 1


class Plan(_Written):
    """A whole plan. `stages` are as written; `order` is plan order: needs first, else as written.

    Everything that lists, replays or lands stages goes by `order`. Where needs go in a circle
    there is none: `stacker.series.plan.order.CycleError`; `reading` finds that out first.
    """

    @cached_property
    def order(self) -> tuple[StageId, ...]:
        """The ids of all stages in plan order."""
        return needs_first({s.id: s.needs for s in self.stages})

    @cached_property
    def closures(self) -> Closures[StageId]:
        """Who stands on whom."""
        needs = {s: self._stages[s].needs for s in self.order}
        return Closures(needs, {s.id: s.repository for s in self.stages})

    @cached_property
    def _stages(self) -> Mapping[str, Stage]:
        return {s.id: s for s in self.stages}

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {member: g for g in reversed(self.groups) for member in g.stages}

    @property
    def default_repository(self) -> Repository:
        """The first repository: that of every stage and check that names none."""
        return self.repositories[0]

    def stage(self, stage_id: str) -> Stage:
        """The stage of that id; raises `UsageError` with a near name."""
        return find(self._stages, stage_id, "stage")

    def repository(self, name: str) -> Repository:
        """The repository of that name; raises `UsageError` with a near name."""
        return find({r.name: r for r in self.repositories}, name, "repository")

    def group(self, name: str) -> Group:
        """The group of that name; raises `UsageError` with a near name."""
        return find({g.name: g for g in self.groups}, name, "group")

    def group_of(self, stage_id: str) -> Group | None:
        """The group that the stage lands with, or None if it lands alone."""
        return self._groups.get(stage_id)

    def in_order(self, ids: Iterable[str]) -> tuple[StageId, ...]:
        """Those of the plan's stages whose ids are given, in plan order, each once."""
        return self.closures.names(self.closures.mask(ids))
