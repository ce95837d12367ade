"""`stacker submit`: compose the heads, read the forge once, decide, act, read back, remember."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, assert_never

from stacker.errors import ForgeError
from stacker.forge.api import PullState
from stacker.forge.cache import remember_pulls
from stacker.git.push import PushRefused, push
from stacker.rebase.restacked import restacked
from stacker.series.plan.chains import needs_closure
from stacker.series.saving import save
from stacker.submit import intents
from stacker.submit.actions import EditPull, OpenPull, PushHeads, SetDraft, WriteComment, decide
from stacker.submit.author_only import author_only
from stacker.submit.foreign import moved_by_others, told_of
from stacker.submit.gather import gather, publishable
from stacker.submit.gating import against, anew
from stacker.submit.heads import HeadsRequest, compose_heads, published_as
from stacker.submit.pretended import Pretended, pretended_push, unnumbered
from stacker.submit.proof import proof_of
from stacker.submit.texts import texts
from stacker.submit.wanting import bodies, notes, wanted_pulls

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.git.push import PushOutcome
    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Lock, Published
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.actions import Action, Wanted
    from stacker.submit.author_only import AuthorOnly
    from stacker.submit.gather import Place, PullForge
    from stacker.submit.proof import Proof
    from stacker.verify.standing import Standing


PUBLISHING = "publishing"
"""What `told` hears after each action, with how many are done and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRequest:
    """Which stages (none: all), whether only to say what would be done, and the reason that the
    new heads' commits give.

    `unverified` publishes what checks fail at, and says so; `environment` is the caller's, on
    which evidence may depend.
    """

    stages: tuple[str, ...] = ()
    dry_run: bool = False
    move_base: bool = False
    why: str | None = None
    unverified: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubmitResult:
    """What was done (or would be), each stage's pull request, and what to know besides.

    With `foreign` nothing was done: somebody else moved these branches; nor with `blocked`, which
    checks fail or lack evidence. `author_only` is left to the authors of pull requests that this
    token may not edit.
    """

    actions: tuple[Action, ...]
    pulls: tuple[tuple[StageId, PullRequest], ...]
    notes: tuple[str, ...]
    foreign: tuple[str, ...] = ()
    blocked: tuple[Standing, ...] = ()
    author_only: tuple[AuthorOnly, ...] = ()


@dataclass(slots=True)
class _Run:
    """What one submit carries from step to step."""

    work: Workspace
    forge: PullForge
    series: Series
    places: Mapping[str, Place]
    wanted: tuple[Wanted, ...]
    pulls: dict[StageId, PullRequest]
    proof: Proof
    push: Callable[..., PushOutcome] = push
    told: Told | None = None
    done: list[Action] = field(default_factory=list)

    def bodies(self) -> dict[StageId, str]:
        return bodies(self.series, self.wanted, self.places, self.pulls, self.proof)

    def texts(self) -> tuple[EditPull | WriteComment, ...]:
        return texts(self.bodies(), self.wanted, self.pulls, self.series.plan.name)

    def result(self, actions: Sequence[Action], told: Sequence[str]) -> SubmitResult:
        order = self.series.plan.order
        pulls = tuple((s, self.pulls[s]) for s in order if s in self.pulls)
        left = author_only(self.bodies(), self.wanted, self.pulls, self.series.plan.name)
        said = (*told, *notes(self.wanted, self.pulls))
        return SubmitResult(tuple(actions), pulls, said, author_only=left)


def submit(
    work: Workspace,
    place: Callable[[str], Place],
    forge: PullForge,
    request: SubmitRequest,
    told: Told | None = None,
) -> SubmitResult:
    """Publish the series; a second run finds nothing to do."""
    series, _ = restacked(work, told)
    stages, skipped = publishable(series, _selection(series, request.stages))
    places = {name: place(name) for name in {series.plan.stage(s).repository: 0 for s in stages}}
    lock = series.lock
    facts, series = gather(work, series, stages, places=places, forge=forge, told=told)
    open_ones = tuple(s for s in stages if not _merged(facts.pulls.get(s)))
    why = request.why or "upstream moved"
    heads = compose_heads(work.store, series, HeadsRequest(open_ones, request.move_base, why))
    wanted = wanted_pulls(series, heads, places, facts.pulls)
    new = anew(wanted, facts.pulls, lock)
    proof = proof_of(work, series, wanted, request.environment)
    lacking = against(new, proof.evidence, all_of_it=series.plan.require_evidence)
    proof = proof.publishing(new, {one.stage for one in lacking})
    run = _Run(work, forge, series, places, wanted, dict(facts.pulls), proof)
    others = moved_by_others(heads, places, facts.tips)
    blocked = () if request.unverified else lacking
    if others or blocked:
        remember_pulls(work.directory.state, list(facts.pulls.values()), work.now)
        words = (told_of(work, series.lock, m, places[m.repository], told) for m in others)
        return replace(run.result((), skipped), foreign=tuple(words), blocked=blocked)
    actions = decide(wanted, facts.pulls, facts.tips)
    if request.dry_run:
        run.forge, run.push = Pretended(), pretended_push
        _carry_out(run, actions)
        run.pulls = dict(facts.pulls)
        return run.result([unnumbered(action) for action in run.done], skipped)
    if lock != series.lock:  # what a killed submit pushed; its note is about to be replaced
        _save(run, series.lock)
    intents.write(work.directory.state, _intended(run))
    run.told = told
    _carry_out(run, actions)
    _remember(run)
    remember_pulls(work.directory.state, list(run.pulls.values()), work.now)
    return run.result(run.done, skipped)


def _carry_out(run: _Run, actions: Sequence[Action]) -> None:
    total = len(actions) + len(run.texts())
    for action in actions:
        _act(run, action)
        _tell(run, total)
    for text in run.texts():
        _act(run, text)
        _tell(run, total)


def _tell(run: _Run, total: int) -> None:
    if run.told is not None:
        run.told(PUBLISHING, len(run.done), total)


def _merged(pull: PullRequest | None) -> bool:
    return pull is not None and pull.state is PullState.MERGED


def _selection(series: Series, asked: Sequence[str]) -> tuple[StageId, ...]:
    """The stages asked for with all they need; none asked: all."""
    if not asked:
        return series.live
    ids = [series.plan.stage(name).id for name in asked]
    needed = {need for s in ids for need in needs_closure(series.plan, s)}
    return tuple(s for s in series.live if s in needed or s in ids)


def _intended(run: _Run) -> dict[tuple[str, str], Published]:
    return {(w.repository, w.stage): _published(run, w) for w in run.wanted}


def _published(run: _Run, one: Wanted) -> Published:
    line = run.series.lock.stage(one.stage)
    old = line.published if line else None
    return published_as(one.head, old, run.series.lock.version)


def _act(run: _Run, action: Action) -> None:
    match action:
        case PushHeads(repository, updates):
            place = run.places[repository]
            done = run.push(run.work.store.git, place.url, updates, credential=place.credential)
            if isinstance(done, PushRefused):
                raise ForgeError(
                    f"the push to {place.fork} was refused: {done.words}",
                    hint="Nothing moved there. `stacker doctor` tells what the token may do.",
                )
        case OpenPull(repository, stage, head, base, title, draft):
            upstream = run.places[repository].repository.upstream
            text = run.bodies()[stage]
            run.pulls[stage] = run.forge.open_pull(
                upstream, head=head, base=base, title=title, body=text, draft=draft
            )
        case EditPull(repository, stage, _, title, base, body):
            pull = run.pulls[stage]
            run.forge.edit_pull(pull.repository, pull.number, title=title, base=base, body=body)
            run.pulls[stage] = replace(
                pull,
                title=title or pull.title,
                base_branch=base or pull.base_branch,
                base_tip=pull.base_tip if base in {None, pull.base_branch} else "",
                body=pull.body if body is None else body,
            )
            run.done.append(replace(action, number=pull.number))
            return
        case SetDraft(_, stage, _, draft):
            run.forge.set_draft(run.pulls[stage], draft)
            run.pulls[stage] = replace(run.pulls[stage], draft=draft)
        case WriteComment(_, stage, _, comment, body):
            _write_comment(run, stage, comment, body)
        case never:
            assert_never(never)
    run.done.append(action)


def _write_comment(run: _Run, stage: StageId, comment: int | None, body: str) -> None:
    pull = run.pulls[stage]
    if comment is None:
        made = run.forge.comment(pull.repository, pull.number, body)
        comments = (*pull.comments, made)
    else:
        run.forge.edit_comment(pull.repository, comment, body)
        comments = tuple(replace(c, body=body) if c.id == comment else c for c in pull.comments)
    run.pulls[stage] = replace(pull, comments=comments)


def _remember(run: _Run) -> None:
    """Write numbers and heads to the lock, if that changes it."""
    lock = run.series.lock
    for one in run.wanted:
        line = lock.stage(one.stage)
        assert line is not None
        pull = run.pulls.get(one.stage)
        if pull is not None and pull.head != one.head.head:
            # What CI said was of the old head, and nothing is said of the new one yet.
            run.pulls[one.stage] = replace(pull, head=one.head.head, checks=())
        number = line.pull if pull is None else pull.number
        lock = lock.updated(line._replace(pull=number, published=_published(run, one)))
    if run.done or lock != run.series.lock:
        _save(run, lock)
    intents.forget(run.work.directory.state)


def _save(run: _Run, lock: Lock) -> None:
    save(
        run.work.directory, run.work.store, run.series.files, lock,
        loaded=run.series.files, command="submit", reason=f"v{lock.version}", now=run.work.now,
        by=run.work.person,
    )  # fmt: skip
