"""The plan: what `series.toml` says, as frozen values in which every reference holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, NewType

from stacker.series.keys import Shape, key, section
from stacker.series.naming import find
from stacker.series.order import Closures, needs_first
from stacker.series.upstream import UpstreamKind, upstream_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

StageId = NewType("StageId", str)

DEFAULT_TIMEOUT = 3600.0  # seconds
DEMO_FORGE = "demo"


class Publish(StrEnum):
    """How a published branch moves: only forward, or rewritten."""

    APPEND = "append"
    REWRITE = "rewrite"


class Landing(StrEnum):
    """The way by which stages land in a repository; `auto` is the strongest permitted one."""

    AUTO = "auto"
    PUSH = "push"
    PULL_REQUEST = "pull-request"
    HAND_OFF = "hand-off"


class Proof(StrEnum):
    """What proves that a stage is in upstream: the whole tree, its own paths, or its check."""

    TREE = "tree"
    PATHS = "paths"
    CHECK = "check"


class RunnerKind(StrEnum):
    """What builds."""

    LOCAL = "local"
    BUILDBOT = "buildbot"
    GITHUB = "github"


class MustPass(StrEnum):
    """Where a check must pass: at each stage, or only at the tip of a group."""

    EVERY_STAGE = "every-stage"
    GROUP_TIP = "group-tip"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """An upstream repository that stages of the series go to."""

    name: str
    upstream: str = field(
        metadata=key(
            Shape.TEXT,
            "where the stages go: OWNER/NAME on the forge, a URL, or a path",
            required=True,
        )
    )
    branch: str | None = field(
        default=None, metadata=key(Shape.TEXT, "the upstream branch; default: the upstream's HEAD")
    )
    fork: str | None = field(
        default=None, metadata=key(Shape.TEXT, "OWNER/NAME for the branches; default: the upstream")
    )
    publish: Publish = field(
        default=Publish.REWRITE,
        metadata=key(
            Shape.CHOICE,
            "how published branches move; default: append with a fork, else rewrite",
            choices=Publish,
        ),
    )
    landing: Landing = field(
        default=Landing.AUTO,
        metadata=key(
            Shape.CHOICE,
            "how stages land; auto is the strongest way that the token may use",
            choices=Landing,
        ),
    )
    proof: Proof = field(
        default=Proof.TREE,
        metadata=key(Shape.CHOICE, "what proves that a stage has landed", choices=Proof),
    )

    @property
    def kind(self) -> UpstreamKind:
        """How the upstream is named."""
        return upstream_kind(self.upstream) or UpstreamKind.URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One pull request of the series. `needs` is resolved: empty means it stands on the base."""

    id: StageId = field(
        metadata=key(Shape.NAME, "the stage's name in branches, files and commands", required=True)
    )
    repository: str = field(
        metadata=key(Shape.TEXT, "where the stage goes; default: the first repository")
    )
    needs: tuple[StageId, ...] = field(
        default=(),
        metadata=key(
            Shape.TEXTS, "the stages it stands on; default: the stage above; []: the base alone"
        ),
    )
    issue: str | None = field(
        default=None, metadata=key(Shape.TEXT, "the upstream issue that it belongs to")
    )
    adopts: int | None = field(
        default=None, metadata=key(Shape.NUMBER, "the number of the pull request that it finishes")
    )
    was: StageId | None = field(
        default=None, metadata=key(Shape.NAME, "the stage's id before it was renamed")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Stages that land together or not at all, in plan order."""

    name: str
    stages: tuple[StageId, ...] = field(
        metadata=key(Shape.TEXTS, "the stages that land together", required=True)
    )
    approvals: int | None = field(
        default=None, metadata=key(Shape.COUNT, "approvals that each member needs before landing")
    )
    require: tuple[str, ...] = field(
        default=(), metadata=key(Shape.TEXTS, "CI checks that must have passed before landing")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """Something that builds."""

    name: str
    kind: RunnerKind = field(
        default=RunnerKind.LOCAL,
        metadata=key(Shape.CHOICE, "what builds; default: local", choices=RunnerKind),
    )
    url: str | None = field(default=None, metadata=key(Shape.TEXT, "where it is reached"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A target that the series must work on; without a runner it is built by this machine."""

    name: str
    host: str | None = field(
        default=None, metadata=key(Shape.NAME, "the only kind of machine whose local runs count")
    )
    runner: str | None = field(default=None, metadata=key(Shape.TEXT, "the runner that builds it"))
    builder: str | None = field(
        default=None, metadata=key(Shape.TEXT, "the runner's own name for this platform")
    )
    without: Mapping[str, str] = field(
        default_factory=dict,
        hash=False,
        metadata=key(Shape.REASONS, "what is out of scope on this platform, each with its reason"),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "without", MappingProxyType(dict(self.without)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A command of ours that must pass. `timeout` is in seconds; no `platforms` means all."""

    name: str = field(
        metadata=key(Shape.NAME, "the check's name in reports and evidence", required=True)
    )
    run: tuple[tuple[str, ...], ...] = field(
        metadata=key(
            Shape.COMMANDS,
            "one argv, or several in order; no shell. "
            "Placeholders: {platform} {stage} {base} {jobs} {python} {repo:NAME}",
            required=True,
        )
    )
    repository: str = field(
        metadata=key(
            Shape.TEXT, "only stages of this repository are checked; default: the first one"
        )
    )
    must_pass: MustPass = field(
        default=MustPass.EVERY_STAGE,
        metadata=key(Shape.CHOICE, "where it must pass; default: every-stage", choices=MustPass),
    )
    timeout: float = field(
        default=DEFAULT_TIMEOUT,
        metadata=key(Shape.DURATION, "how long all its commands may take; default: 1h"),
    )
    paths: tuple[str, ...] = field(
        default=(),
        metadata=key(Shape.TEXTS, "globs; if given, only these decide if old evidence holds"),
    )
    platforms: tuple[str, ...] = field(
        default=(), metadata=key(Shape.TEXTS, "the platforms to check; default: all")
    )
    env: tuple[str, ...] = field(
        default=(), metadata=key(Shape.TEXTS, "environment variables that it is given")
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A whole plan. `stages` are as written; `order` is plan order: needs first, else as written.

    Everything that lists, replays or lands stages goes by `order`. Needs that go in a circle
    raise `stacker.series.order.CycleError`; `reading` finds that out first.
    """

    name: str = field(metadata=key(Shape.NAME, "the name of the series", required=True))
    title: str = field(metadata=key(Shape.TEXT, "the series in a few words; default: its name"))
    forge: str | None = field(
        default=None,
        metadata=key(Shape.TEXT, "default: github.com; else an https URL, or demo: the own hub"),
    )
    home: str | None = field(
        default=None,
        metadata=key(Shape.TEXT, "where a team shares the series; default: this clone's origin"),
    )
    repositories: tuple[Repository, ...] = field(
        metadata=section(Repository, "upstream repositories; the first is the default", named=True)
    )
    stages: tuple[Stage, ...] = field(
        default=(), metadata=section(Stage, "the stages, in order", named=False)
    )
    groups: tuple[Group, ...] = field(
        default=(), metadata=section(Group, "stages that land together", named=True)
    )
    runners: tuple[Runner, ...] = field(
        default=(), metadata=section(Runner, "what builds", named=True)
    )
    platforms: tuple[Platform, ...] = field(
        default=(Platform(name="local"),),
        metadata=section(Platform, "targets; default: one, local", named=True),
    )
    checks: tuple[Check, ...] = field(
        default=(), metadata=section(Check, "commands that must pass", named=False)
    )
    order: tuple[StageId, ...] = field(init=False, compare=False, repr=False)
    closures: Closures[StageId] = field(init=False, compare=False, repr=False)
    _stages: Mapping[str, Stage] = field(init=False, compare=False, repr=False)
    _groups: Mapping[str, Group] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        put, stages = partial(object.__setattr__, self), {s.id: s for s in self.stages}
        put("order", needs_first({s.id: s.needs for s in self.stages}))
        put("_stages", MappingProxyType(stages))
        put("_groups", {member: g for g in reversed(self.groups) for member in g.stages})
        homes = {s.id: s.repository for s in self.stages}
        put("closures", Closures({s: stages[s].needs for s in self.order}, homes))

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
