"""`stacker rebase`: gather the series and its target, compose, and move all at once or nothing."""

from __future__ import annotations

from contextlib import ExitStack
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from stacker.errors import SeriesError
from stacker.git.history import counting
from stacker.handoff.finding import proved
from stacker.landed.passing import passing
from stacker.landed.released import releases, unreleased
from stacker.landed.returning import holding, lost, without_lost
from stacker.landed.trying import try_on
from stacker.rebase import attempt as attempts
from stacker.rebase.attempt import Attempt
from stacker.rebase.outcome import RebaseResult, describe
from stacker.series.compose import Halted, Standing
from stacker.series.saving import rewritten, save
from stacker.series.targets import targets_of
from stacker.series.versions import operations, recording

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.forecast.culprit import Culprit
    from stacker.git.objects import Oid
    from stacker.git.transfer import Told
    from stacker.rebase.attempt import Edit
    from stacker.series.compose import Composition, Outcome
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace


class RebaseRequest(NamedTuple):
    """What is asked for.

    `onto` names a revision for some repositories (`""` is the default one); `fetch` allows to
    ask upstream; `afresh` lets go of the target that an earlier rebase remembered. `attempt` takes
    the place of what is remembered, which it replaces only when all is computed.
    """

    onto: Mapping[str, str] = MappingProxyType({})
    fetch: bool = True
    afresh: bool = False
    attempt: Attempt | None = None


def rebase(work: Workspace, request: RebaseRequest, told: Told | None = None) -> RebaseResult:
    """Put the series on upstream's tip, or on what `request` names; nothing moves on conflict."""
    series = work.load(told)
    _require_stages(series)
    edits = series.edits
    if edits:
        earlier = request.attempt or attempts.read(work.directory.state)
        was_edit = earlier is not None and earlier.edit is not None
        restacked = restack(work, told, request.attempt)
        if restacked.halted or (was_edit and not request.onto and not request.afresh):
            return restacked
        if request.attempt and request.attempt.targets == series.lock.bases:
            request = request._replace(attempt=None)  # that was of the restack
        series = work.load(told)
    attempt, remembered = _attempt(work, series, request, told)
    done = _carry_out(
        work, series, attempt, "rebase", remembered=remembered,
        ask=lambda landings: releases(work, landings) if request.fetch else {},
    )  # fmt: skip
    return done._replace(edits=edits)


def restack(
    work: Workspace, told: Told | None = None, attempt: Attempt | None = None
) -> RebaseResult:
    """Make a version of what was edited by hand, on the bases the series has.

    `attempt` takes the place of the remembered one.
    """
    series = work.load(told)
    earlier = attempt or attempts.read(work.directory.state)
    bases = dict(series.lock.bases)
    if earlier is None or earlier.targets != bases:  # else a restack stopped before
        earlier = Attempt(bases, {}, waiting=earlier)
    command = "edit" if earlier.edit else "restack"
    return _carry_out(work, series, earlier, command, remembered=False)


def restack_edit(work: Workspace, series: Series, changed: Series, edit: Edit) -> RebaseResult:
    """Make a version of `changed`, which is `series` after an edit, on the bases that it has.

    Where another stage does not go with it, all moves no further than the files: from there on
    they are as if edited by hand, and `resolve` goes on.
    """
    bases = dict(series.lock.bases)
    earlier = attempts.read(work.directory.state)
    if earlier is not None and earlier.targets == bases:  # this takes its place
        earlier = earlier.waiting
    attempt = Attempt(bases, {}, edit=edit, waiting=earlier)
    return _carry_out(work, changed, attempt, "edit", remembered=False, loaded=series.files)


def dry_run(
    work: Workspace, series: Series, attempt: Attempt
) -> tuple[dict[StageId, Outcome], dict[StageId, Oid], Composition]:
    """Compose without moving anything: every live stage's outcome, what has landed, the task.

    Stages whose landing no longer holds there are live again.
    """
    series = holding(work.store, series, attempt.targets)
    what = series.composition(work.store, attempt.targets, attempt.picks)
    there = proved(work.store, series, attempt.targets)
    tried = try_on(_without_dropped(what, attempt), series.lock.bases, there)
    return tried.outcomes, tried.landed, tried.what


def abort(work: Workspace) -> bool:
    """Forget the remembered target; the series is where it was. Says whether there was one."""
    return attempts.forget(work.directory.state)


def _require_stages(series: Series) -> None:
    if not series.lock.stages and not any(series.patches.values()):
        raise SeriesError(
            "the series has no patches yet",
            hint="Bring some in: `stacker import BASE..TIP --from CLONE --stage-per-commit`.",
        )


def _attempt(
    work: Workspace, series: Series, request: RebaseRequest, told: Told | None
) -> tuple[Attempt, bool]:
    earlier = request.attempt or attempts.read(work.directory.state)
    if earlier and not request.afresh and not request.onto:
        return earlier._replace(targets={**series.lock.bases, **earlier.targets}), True
    targets = targets_of(work, series.lock.bases, request.onto, told, fetch=request.fetch)
    picks = earlier.picks if earlier else {}
    return Attempt(targets, dict(picks)), False


def _carry_out(
    work: Workspace,
    series: Series,
    attempt: Attempt,
    command: str,
    *,
    remembered: bool,
    loaded: Mapping[str, bytes] | None = None,
    ask: Callable[[Mapping[StageId, Oid]], dict[StageId, str]] = lambda _: {},
) -> RebaseResult:
    """Compose, and if all fits, save. `loaded` are the files on disk, if `series` has others;
    `ask` tells the releases of landings."""
    before, missed = series.lock, lost(work.store, series, attempt.targets)
    series = without_lost(series, missed)
    with ExitStack() as stack:
        reverted = stack.enter_context(passing(work.store, series, attempt.targets))
        counts = [
            stack.enter_context(counting(work.store, old, new))
            for name, old in series.lock.bases.items()
            if (new := attempt.targets[name]) != old
        ]
        outcomes, landed, _ = dry_run(work, series, attempt)
        moved = sum(counted() for counted in counts)
        missed = (*missed, *(taken_back := reverted()))
    series = without_lost(series, taken_back)
    halted = any(isinstance(o, Halted) for o in outcomes.values())
    # What landed since is part of the question again: on the old base its change is missing.
    whole = _without_dropped(series.composition(work.store, attempt.targets, {}), attempt)
    culprits, hints = _explained(whole, outcomes, series.lock.bases) if halted else ({}, {})
    known = {} if halted else ask(unreleased(series, landed))
    stages = describe(
        work.store, series, outcomes,
        landed=landed, releases=known, lost=missed,
        culprits=culprits, hints=hints, dropped=attempt.dropped,
    )  # fmt: skip
    result = RebaseResult(
        bases=attempt.targets, version=series.lock.version, stages=stages,
        store=work.directory.store, halted=halted, edits=series.edits,
        remembered=remembered, new_commits=moved, targets=attempt.targets,
    )  # fmt: skip
    if halted:
        attempts.write(work.directory.state, attempt)
        if loaded is not None:
            _leave_as_edited(work, series, attempt, loaded)
        return result._replace(bases=dict(series.lock.bases) or attempt.targets)
    standing = {s: o for s, o in outcomes.items() if isinstance(o, Standing)}
    lock, files = rewritten(work.store, series, attempt.targets, standing, landed, releases=known)
    if series.edits or lock != before or files != series.files or loaded is not None:
        save(
            work.directory, work.store, files, lock,
            loaded=series.files if loaded is None else loaded,
            command=command, reason=_reason(attempt), now=work.now, by=work.person,
        )  # fmt: skip
    attempts.done(work.directory.state, attempt)
    return result._replace(version=lock.version)


def _reason(attempt: Attempt) -> str:
    if attempt.edit is not None:
        return attempt.edit.why
    return "onto " + ", ".join(f"{n} {oid[:10]}" for n, oid in attempt.targets.items())


def _leave_as_edited(
    work: Workspace, series: Series, attempt: Attempt, loaded: Mapping[str, bytes]
) -> None:
    """Bring the files of `series` onto the disk as a version of their own, so that `undo` leads
    back to the one before."""
    save(
        work.directory, work.store, series.files, series.lock,
        loaded=loaded, command=operations.SEEN, reason=_reason(attempt), now=work.now,
        by=work.person, version=recording.next_number(work.store),
    )  # fmt: skip


def _without_dropped(what: Composition, attempt: Attempt) -> Composition:
    if not attempt.dropped:
        return what
    kept = {
        stage: tuple(p for p in patches if (stage, p.file) not in attempt.dropped)
        for stage, patches in what.patches.items()
    }
    return what._replace(patches=kept)


def _explained(
    what: Composition, outcomes: Mapping[StageId, Outcome], good: Mapping[str, Oid]
) -> tuple[dict[StageId, Culprit | None], dict[StageId, str]]:
    """Of every stage that stops who broke it, and what upstream may have of it."""
    from stacker.forecast.culprit import find_all  # noqa: PLC0415 - most rebases meet no conflict
    from stacker.git.beside import beside  # noqa: PLC0415 - as above
    from stacker.landed.hinting import hint  # noqa: PLC0415 - as above

    store = beside(what.store)
    what = what._replace(store=store)
    culprits = find_all(what, outcomes.values(), good)
    blamed = {s: one.commit.oid if one is not None else None for s, one in culprits.items()}
    return culprits, {stage: hint(what, stage, oid) for stage, oid in blamed.items()}
