"""What is to be done on the forge, as an ordered tuple of values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from stacker.forge.api import PullState
from stacker.git.push import RefUpdate
from stacker.series.texts import seen
from stacker.submit.words.body import drafted_by_us
from stacker.submit.words.published_facts import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.objects import Oid
    from stacker.handoff.package import Package
    from stacker.series.plan.model import StageId
    from stacker.submit.heads import Head


@dataclass(frozen=True, slots=True)
class CreateFork:
    """Make the fork that branches go to; `upstream` and `fork` are `OWNER/NAME`."""

    repository: str
    upstream: str
    fork: str


@dataclass(frozen=True, slots=True)
class PushHeads:
    """Move branches of one place, all or none: of a repository of the plan, by its name there, or
    of somebody's fork, `OWNER/NAME`."""

    repository: str
    updates: tuple[RefUpdate, ...]


@dataclass(frozen=True, slots=True)
class OpenPull:
    """Open a stage's pull request."""

    repository: str
    stage: StageId
    head: str
    base: str
    title: str
    draft: bool


@dataclass(frozen=True, slots=True)
class EditPull:
    """Change a pull request; only the given fields are sent. `number` is 0 for one just opened."""

    repository: str
    stage: StageId
    number: int
    title: str | None = None
    base: str | None = None
    body: str | None = None


@dataclass(frozen=True, slots=True)
class SetDraft:
    """Make a pull request a draft, or ready."""

    repository: str
    stage: StageId
    number: int
    draft: bool


@dataclass(frozen=True, slots=True)
class WriteComment:
    """Say in a comment of ours what a text says that we may not edit; `comment` is the one that
    is there already."""

    repository: str
    stage: StageId
    number: int
    comment: int | None
    body: str


@dataclass(frozen=True, slots=True)
class ClosePull:
    """Close a pull request of a stage that the plan no longer has."""

    repository: str
    stage: StageId
    number: int


@dataclass(frozen=True, slots=True)
class HandOver:
    """Write a stage's package, for whoever brings it into a repository without pull requests."""

    repository: str
    stage: StageId
    package: Package


Action = (
    CreateFork | PushHeads | OpenPull | EditPull | SetDraft | WriteComment | ClosePull | HandOver
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A stage's pull request as it is to be; `head_name` is `owner:branch`.

    `continues` is the line of its text that says whose work it goes on with, or empty.
    """

    stage: StageId
    repository: str
    head: Head
    head_name: str
    base: str
    trunk: str
    title: str
    draft: bool
    continues: str = ""


def decide(
    wanted: Sequence[Wanted],
    pulls: Mapping[StageId, PullRequest],
    tips: Mapping[tuple[str, str], Oid],
    kept: Mapping[tuple[str, str], Oid],
) -> tuple[Action, ...]:
    """Everything but titles and texts: retarget, push, open, bases, drafts, in this order.

    `tips` has what the forge has now, by (repository, full ref), `kept` what it is to have
    beside the branches.
    """
    first: list[Action] = []
    last: list[Action] = []
    for one in wanted:
        pull = pulls.get(one.stage)
        if pull is None:
            last.append(
                OpenPull(one.repository, one.stage, one.head_name, one.base, one.title, one.draft)
            )
        elif pull.state is PullState.OPEN and pull.may_edit:
            first += _before_push(one, pull)
            last += _after_push(one, pull)
    return (*first, *_pushes(wanted, tips, kept), *last)


def edits(one: Wanted, pull: PullRequest) -> tuple[Action, ...]:
    """What brings an open pull request to what it is to be, its text aside."""
    title = new_title(one, pull)
    named = [EditPull(one.repository, one.stage, pull.number, title=title)] if title else []
    return (*_before_push(one, pull), *_after_push(one, pull), *named)


def described(action: Action) -> dict[str, object]:
    """The action for the `--json` document."""
    match action:
        case CreateFork(repository, upstream, fork):
            return {"kind": "fork", "repository": repository, "stage": None,
                    "upstream": upstream, "fork": fork}  # fmt: skip
        case PushHeads(repository, updates):
            refs = [{"ref": u.ref, "old": u.old, "new": u.new} for u in updates]
            return {"kind": "push", "repository": repository, "stage": None, "refs": refs}
        case OpenPull(repository, stage, head, base, title, draft):
            return {"kind": "open", "repository": repository, "stage": stage, "head": head,
                    "base": base, "title": title, "draft": draft}  # fmt: skip
        case EditPull(repository, stage, number, title, base, body):
            fields = {"title": title, "base": base, "body": body}
            given = [name for name, value in fields.items() if value is not None]
            return {"kind": "edit", "repository": repository, "stage": stage,
                    "number": number or None, "fields": given}  # fmt: skip
        case SetDraft(repository, stage, number, draft):
            kind = "draft" if draft else "ready"
            return {"kind": kind, "repository": repository, "stage": stage, "number": number}
        case WriteComment(repository, stage, number, comment, _):
            return {"kind": "comment", "repository": repository, "stage": stage,
                    "number": number, "comment": comment}  # fmt: skip
        case ClosePull(repository, stage, number):
            return {"kind": "close", "repository": repository, "stage": stage, "number": number}
        case HandOver(repository, stage, package):
            return {"kind": "hand-off", "repository": repository, "stage": stage,
                    "path": str(package.folder)}  # fmt: skip
        case never:
            assert_never(never)


def _pushes(
    wanted: Sequence[Wanted],
    tips: Mapping[tuple[str, str], Oid],
    kept: Mapping[tuple[str, str], Oid],
) -> list[PushHeads]:
    new_tips: dict[tuple[str, str], Oid] = {}
    for one in wanted:
        head = one.head
        if head.below is not None:
            new_tips[head.place, f"refs/heads/{head.below_branch}"] = head.below
        new_tips[head.place, f"refs/heads/{head.branch}"] = head.head
    updates: dict[str, list[RefUpdate]] = {}
    for (place, ref), new in (*new_tips.items(), *kept.items()):
        old = tips.get((place, ref))
        if old != new:
            updates.setdefault(place, []).append(RefUpdate(ref, old, new))
    return [PushHeads(place, tuple(found)) for place, found in updates.items()]


def retargeted(one: Wanted, pull: PullRequest) -> bool:
    """Whether somebody chose another base for it: neither the trunk nor a branch of the series."""
    series = one.head.branch.rpartition("/")[0]
    return pull.base_branch != one.trunk and not pull.base_branch.startswith(f"{series}/")


def given_title(pull: PullRequest) -> str | None:
    """The title that its text says we gave it last; `None` where it does not say."""
    told = read(pull.body)
    return told.title if told is not None else None


def renamed(one: Wanted, pull: PullRequest) -> bool:
    """Whether somebody gave it another title than we did; not if the series says the same now."""
    ours = given_title(pull)
    return (
        ours is not None
        and ours not in (pull.title, seen(pull.title))
        and seen(pull.title) != one.title
    )


def new_title(one: Wanted, pull: PullRequest) -> str | None:
    """The title that it is to get; it goes out with the text, which remembers it."""
    return one.title if pull.title != one.title and not renamed(one, pull) else None


def _before_push(one: Wanted, pull: PullRequest) -> list[Action]:
    """A pull request that changes its place goes to the trunk first: in between, its head could
    be reachable from its base, and the forge would call it merged for good."""
    if pull.base_branch in (one.base, one.trunk) or retargeted(one, pull):
        return []
    return [EditPull(one.repository, one.stage, pull.number, base=one.trunk)]


def _after_push(one: Wanted, pull: PullRequest) -> list[Action]:
    found: list[Action] = []
    moves = one.base not in (pull.base_branch, one.trunk) and not retargeted(one, pull)
    if moves:
        found.append(EditPull(one.repository, one.stage, pull.number, base=one.base))
    if pull.draft and not one.draft and drafted_by_us(pull.body):
        found.append(SetDraft(one.repository, one.stage, pull.number, draft=False))
    return found
