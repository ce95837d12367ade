"""`stacker submit`: compose the heads, read the forge once, decide, act, read back, remember."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.forge.cache import remember_pulls
from stacker.rebase.restacked import restacked
from stacker.series.plan.chains import needs_closure
from stacker.series.saving import save
from stacker.submit import intents, journal
from stacker.submit.acting import Run, carry_out
from stacker.submit.adoption.adopted import notes_of
from stacker.submit.adoption.pushing_there import refuse_pushes
from stacker.submit.author_only import author_only
from stacker.submit.by_others import notes
from stacker.submit.composing import compose, decided
from stacker.submit.foreign import moved_by_others, told_of
from stacker.submit.forking import forks_to_make
from stacker.submit.gather import gather, publishable
from stacker.submit.handing_over import look_for
from stacker.submit.heads import published_as
from stacker.submit.pretended import (
    Pretended,
    pretended_fork,
    pretended_package,
    pretended_push,
    previews_of,
    unnumbered,
)
from stacker.submit.request import SubmitResult
from stacker.submit.stops.foreseeing import foresee, may_move_apart
from stacker.submit.stops.rights import require_rights
from stacker.submit.wanting import to_restack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Lock, Published
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.actions import Action, Wanted
    from stacker.submit.forking import ForkForge
    from stacker.submit.place import Place
    from stacker.submit.request import SubmitRequest


def submit(
    work: Workspace,
    place: Callable[[str], Place],
    forge: ForkForge,
    request: SubmitRequest,
    told: Told | None = None,
) -> SubmitResult:
    """Publish the series; a second run finds nothing to do."""
    series, _ = restacked(work, told)
    lock, asked = series.lock, _selection(series, request.stages)
    handed = look_for(work, series, asked, told)
    stages, skipped = publishable(handed.series, asked)
    skipped = (*handed.said, *skipped)
    places = {name: place(name) for name in {series.plan.stage(s).repository: 0 for s in stages}}
    facts, series = gather(work, handed.series, stages, places=places, forge=forge, told=told)
    pretends = request.dry_run or request.preview
    forks = forks_to_make(facts.forkless, allowed=request.create_fork or pretends)
    run, lacking = compose(
        work, forge, series, facts, request,
        stages=stages, handed=handed.waiting, known=lock, told=told,
    )  # fmt: skip
    others = moved_by_others([one.head for one in run.wanted], facts.places, facts.tips)
    blocked = () if request.unverified else lacking
    actions = (*forks, *decided(run, facts, request.close))
    stopped = foresee(work, facts, run.wanted, () if others or blocked else actions)
    if others or blocked or stopped:
        remember_pulls(work.directory.state, facts.read(), work.now)
        words = (told_of(work, series.lock, m, facts.places[m.place], told) for m in others)
        return replace(
            _result(run, (), skipped), foreign=tuple(words), blocked=blocked, stopped=stopped
        )
    require_rights(forge, places, actions)
    refuse_pushes(run.forge, run.wanted, facts.adopted, facts.tips)
    skipped = (*skipped, *notes_of(facts.adopted.values()))
    run.apart = partial(may_move_apart, work, facts, run.wanted, actions)
    if pretends:
        _pretend(run)
        carry_out(run, actions)
        previews = previews_of(run.wanted, run.pulls) if request.preview else ()
        run.pulls, run.left = dict(facts.pulls), facts.left_pulls()
        result = _result(run, [unnumbered(action) for action in run.done], skipped)
        return replace(result, previews=previews)
    # What a killed submit pushed, whose note is about to be replaced; what upstream has by now.
    if lock != series.lock:
        _save(run, series.lock)
    _begin(run, told)
    carry_out(run, actions)
    _remember(run)
    remember_pulls(work.directory.state, [*facts.read(), *run.pulls.values()], work.now)
    return _result(run, run.done, skipped)


def _begin(run: Run, told: Told | None) -> None:
    """From here on something happens: what is about to is written down before."""
    state = run.work.directory.state
    journal.forget(state)
    intents.write(state, _intended(run))
    run.told, run.about = told, partial(journal.about, state)


def _pretend(run: Run) -> None:
    """Nothing leaves this machine."""
    run.forge, run.push, run.fork = Pretended(), pretended_push, pretended_fork
    run.pack = pretended_package


def _result(run: Run, actions: Sequence[Action], told: Sequence[str]) -> SubmitResult:
    series, order = run.series, run.series.plan.order
    pulls = tuple((s, run.pulls[s]) for s in order if s in run.pulls)
    theirs = author_only(run.bodies(), run.wanted, run.pulls, series.plan.name)
    left = tuple((s, p) for s, p in run.left.items() if p.state is PullState.OPEN)
    said = (*told, *notes(run.wanted, run.pulls, to_restack(series, run.pulls)))
    return SubmitResult(tuple(actions), pulls, said, author_only=theirs, left_over=left)


def _selection(series: Series, asked: Sequence[str]) -> tuple[StageId, ...]:
    """The stages asked for with all they need; none asked: all."""
    if not asked:
        return series.live
    ids = [series.plan.stage(name).id for name in asked]
    needed = {need for s in ids for need in needs_closure(series.plan, s)}
    return tuple(s for s in series.live if s in needed or s in ids)


def _intended(run: Run) -> dict[tuple[str, str], Published]:
    return {(w.repository, w.stage): _published(run, w) for w in run.wanted}


def _published(run: Run, one: Wanted) -> Published:
    line = run.series.lock.stage(one.stage)
    old = line.published if line else None
    return published_as(one.head, old, run.series.lock.version)


def _remember(run: Run) -> None:
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
    journal.forget(run.work.directory.state)
    intents.forget(run.work.directory.state)


def _save(run: Run, lock: Lock) -> None:
    save(
        run.work.directory, run.work.store, run.series.files, lock,
        loaded=run.series.files, command="submit", reason=f"v{lock.version}", now=run.work.now,
        by=run.work.person,
    )  # fmt: skip
