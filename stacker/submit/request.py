"""What `submit` is asked, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.forge.api import PullRequest
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Action
    from stacker.submit.author_only import AuthorOnly
    from stacker.submit.stops.refusing import Stop
    from stacker.verify.standing import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRequest:
    """Which stages (none: all), whether only to say what would be done (`dry_run`), and with that
    what the texts would be (`preview`), and the reason that the new heads' commits give.

    `unverified` publishes what checks fail at, and says so; `close` are stages that the plan no
    longer has, whose pull requests are to be closed; `create_fork` makes a fork that
    the plan names and the forge does not have; `environment` is the caller's, on which evidence
    may depend.
    """

    stages: tuple[str, ...] = ()
    dry_run: bool = False
    preview: bool = False
    move_base: bool = False
    why: str | None = None
    unverified: bool = False
    close: tuple[str, ...] = ()
    create_fork: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Preview:
    """Title and text that a stage's pull request would have; `number` is `None` for one that is not
    there yet."""

    stage: StageId
    repository: str
    number: int | None
    title: str
    body: str


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What was done (or would be), each stage's pull request, and what to know besides.

    With `foreign` nothing was done: somebody else moved these branches; nor with `blocked`, which
    checks fail or lack evidence, nor with `stopped`, of which a forge would make something else.
    `author_only` is left to the authors of pull requests that this
    token may not edit; `left_over` are open pull requests of stages that the plan no longer has.
    """

    actions: tuple[Action, ...]
    pulls: tuple[tuple[StageId, PullRequest], ...]
    notes: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    blocked: tuple[Standing, ...] = ()
    author_only: tuple[AuthorOnly, ...] = ()
    left_over: tuple[tuple[StageId, PullRequest], ...] = ()
    stopped: tuple[Stop, ...] = ()
    previews: tuple[Preview, ...] = ()
