"""Carries out what a submit decided, one action after the other, and notes each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, assert_never

from stacker.errors import ForgeError
from stacker.forge.api import PullState
from stacker.git.push import Pushed, PushedInPart, PushRefused, push_by_parts
from stacker.handoff import package
from stacker.submit.actions import (
    ClosePull,
    CreateFork,
    EditPull,
    HandOver,
    OpenPull,
    PushHeads,
    SetDraft,
    WriteComment,
)
from stacker.submit.handing_over import packages
from stacker.submit.stops.rights import refused
from stacker.submit.texts import texts
from stacker.submit.versions.version_comment import version_comments, version_table
from stacker.submit.wanting import bodies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from stacker.approvals.standing import Approvals
    from stacker.forge.api import PullRequest
    from stacker.git.push import PushOutcome
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.actions import Action, Wanted
    from stacker.submit.place import Place, PullForge
    from stacker.submit.proof import Proof
    from stacker.submit.versions.since import History
    from stacker.submit.versions.version_comment import VersionTable

PUBLISHING = "publishing"
"""What `told` hears after each action, with how many are done and how many there are."""


@dataclass(slots=True)
class Run:
    """What one submit carries from step to step.

    `pulls` are those of the series' stages, `left` those of stages that the plan no longer has;
    `handed` are the stages that get no pull request but a package, with `move_base` on the newest
    base.
    """

    work: Workspace
    forge: PullForge
    series: Series
    places: Mapping[str, Place]
    wanted: tuple[Wanted, ...]
    pulls: dict[StageId, PullRequest]
    left: dict[StageId, PullRequest]
    proof: Proof
    histories: Mapping[StageId, History]
    approvals: Mapping[StageId, Approvals]
    fork: Callable[[Place], None]
    handed: tuple[StageId, ...] = ()
    move_base: bool = False
    push: Callable[..., PushOutcome | PushedInPart] = push_by_parts
    apart: Callable[[str], bool] = lambda _: True
    pack: Callable[..., None] = package.write
    told: Told | None = None
    done: list[Action] = field(default_factory=list)
    about: Callable[[Action], None] = lambda _: None

    def bodies(self, only: StageId | None = None) -> dict[StageId, str]:
        """Our block of each text, or of one, as it is to be."""
        return bodies(
            self.series, self.wanted, self.places, self.pulls, self.proof,
            histories=self.histories, only=only,
        )  # fmt: skip

    def texts(self) -> tuple[EditPull | WriteComment, ...]:
        """What brings the texts to that."""
        series = self.series.plan.name
        tables = {w.stage: self._table(w) for w in self.wanted}
        lines = {stage: one.lines if one.worth_a_comment else () for stage, one in tables.items()}
        return (
            *texts(self.bodies(), self.wanted, self.pulls, series, lines),
            *version_comments(self.wanted, self.pulls, tables, series),
        )

    def _table(self, one: Wanted) -> VersionTable:
        fork = self.places[one.repository].fork
        return version_table(self.histories[one.stage], fork, self.approvals.get(one.stage))

    def packages(self) -> tuple[HandOver, ...]:
        """What brings the packages to what they are to be; they name pull requests."""
        return packages(self.work, self.series, self.handed, self.pulls, move_base=self.move_base)

    def pull(self, stage: StageId) -> PullRequest:
        """The pull request of a stage, in the plan or left over."""
        return self.pulls[stage] if stage in self.pulls else self.left[stage]

    def put(self, stage: StageId, pull: PullRequest) -> None:
        """The same as it is now."""
        (self.left if stage in self.left else self.pulls)[stage] = pull


def carry_out(run: Run, actions: Sequence[Action]) -> None:
    """Do one action after the other, then what the texts need, and the packages; `run` notes what
    is done."""
    total = len(actions) + len(run.texts()) + len(run.packages())
    _carry_out(run, actions, total)
    _read_back(run)
    _carry_out(run, run.texts(), total)
    _carry_out(run, run.packages(), total)


def _carry_out(run: Run, actions: Iterable[Action], total: int) -> None:
    for action in actions:
        run.about(action)
        _act(run, action)
        _tell(run, total)


def _read_back(run: Run) -> None:
    """What was opened is as the forge has it now: one question for fifty of them, not one each."""
    opened = {a.stage: run.pulls[a.stage] for a in run.done if isinstance(a, OpenPull)}
    for repository in {pull.repository: 0 for pull in opened.values()}:
        numbers = {p.number: s for s, p in opened.items() if p.repository == repository}
        for pull in run.forge.shown(repository, list(numbers)):
            run.pulls[numbers[pull.number]] = pull


def _tell(run: Run, total: int) -> None:
    if run.told is not None:
        run.told(PUBLISHING, len(run.done), total)


def _act(run: Run, action: Action) -> None:
    match action:
        case CreateFork(repository):
            run.fork(run.places[repository])
        case PushHeads(repository, updates):
            place = run.places[repository]
            done = run.push(
                run.work.store.git, place.url, updates, credential=place.credential,
                apart=partial(run.apart, repository),
            )  # fmt: skip
            _all_of_it(done, place.fork, len(updates), run.done)
        case OpenPull(repository, stage, head, base, title, draft):
            upstream = run.places[repository].repository.upstream
            text = run.bodies(stage)[stage]
            run.pulls[stage] = run.forge.open_pull(
                upstream, head=head, base=base, title=title, body=text, draft=draft
            )
        case EditPull(repository, stage, _, title, base, body):
            pull = run.pull(stage)
            run.forge.edit_pull(pull.repository, pull.number, title=title, base=base, body=body)
            edited = replace(
                pull,
                title=title or pull.title,
                base_branch=base or pull.base_branch,
                base_tip=pull.base_tip if base in {None, pull.base_branch} else "",
                body=pull.body if body is None else body,
            )
            run.put(stage, edited)
            run.done.append(replace(action, number=pull.number))
            return
        case SetDraft(_, stage, _, draft):
            run.forge.set_draft(run.pull(stage), draft)
            run.put(stage, replace(run.pull(stage), draft=draft))
        case WriteComment(_, stage, _, comment, body):
            _write_comment(run, stage, comment, body)
        case ClosePull(_, stage, number):
            run.forge.edit_pull(run.left[stage].repository, number, state=PullState.CLOSED)
            run.left[stage] = replace(run.left[stage], state=PullState.CLOSED)
        case HandOver(_, _, wanted):
            run.pack(run.work.store, wanted)
        case never:
            assert_never(never)
    run.done.append(action)


def _all_of_it(
    done: PushOutcome | PushedInPart, fork: str, wanted: int, before: Sequence[Action]
) -> None:
    match done:
        case Pushed():
            return
        case PushRefused(words):
            raise refused(fork, words, before)
        case PushedInPart(moved, words):
            raise ForgeError(
                f"{moved} of {wanted} branches moved in {fork}, which takes only so many at a "
                f"time; then it refused: {words}",
                hint="Run it again to finish: what moved is known.",
            )


def _write_comment(run: Run, stage: StageId, comment: int | None, body: str) -> None:
    pull = run.pull(stage)
    if comment is None:
        made = run.forge.comment(pull.repository, pull.number, body)
        comments = (*pull.comments, made)
    else:
        run.forge.edit_comment(pull.repository, comment, body)
        comments = tuple(replace(c, body=body) if c.id == comment else c for c in pull.comments)
    run.put(stage, replace(pull, comments=comments))
