"""What a submit is to bring about: heads, pull requests, texts, and the actions that do it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from stacker.submit.acting import Run
from stacker.submit.actions import decide
from stacker.submit.approving import approvals
from stacker.submit.forking import create_fork
from stacker.submit.handing_over import outdated
from stacker.submit.heads import HeadsRequest, compose_heads
from stacker.submit.left_over import out_of_the_way, tidying
from stacker.submit.proof import proof_of
from stacker.submit.reason import reason_for
from stacker.submit.stops.gating import against, anew
from stacker.submit.versions.kept import kept_refs
from stacker.submit.versions.published_versions import stage_histories
from stacker.submit.wanting import wanted_pulls

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.transfer import Told
    from stacker.series.loading import Series
    from stacker.series.lock import Lock
    from stacker.series.plan.model import StageId
    from stacker.series.workspace import Workspace
    from stacker.submit.actions import Action
    from stacker.submit.forking import ForkForge
    from stacker.submit.gather import Facts
    from stacker.submit.request import SubmitRequest
    from stacker.verify.standing import Standing


def compose(
    work: Workspace,
    forge: ForkForge,
    series: Series,
    facts: Facts,
    request: SubmitRequest,
    *,
    stages: Sequence[StageId],
    handed: tuple[StageId, ...],
    known: Lock,
    told: Told | None,
) -> tuple[Run, tuple[Standing, ...]]:
    """The run that is to be carried out for `stages`, and for the packages of those `handed` over;
    and the evidence that lacks for it.

    `known` is the lock as it was written, without what an unfinished submit had pushed.
    """
    why = request.why or reason_for(work.store, series)
    asked = HeadsRequest(facts.unmerged(stages), request.move_base, why, facts.elsewhere)
    heads = compose_heads(work.store, series, asked)
    said = approvals(work.store, series, heads, facts.places, facts.pulls)
    ready = {stage for stage, one in said.items() if one.approved}
    wanted = wanted_pulls(series, heads, facts.places, facts.pulls, facts.adopted, approved=ready)
    new = anew(wanted, facts.pulls, known)
    proof = proof_of(work, series, wanted, request.environment)
    anyhow = (*new, *outdated(work, series, handed))
    lacking = against(anyhow, proof.evidence, all_of_it=series.plan.require_evidence)
    proof = proof.publishing(new, {one.stage for one in lacking})
    histories = stage_histories(work, series, heads, facts, why=why, told=told)
    pulls, left = dict(facts.pulls), facts.left_pulls()
    fork = partial(create_fork, work.store.git.directory, forge, told)
    run = Run(
        work, forge, series, facts.places, wanted, pulls, left, proof, histories, said, fork,
        handed=handed, move_base=request.move_base,
    )  # fmt: skip
    return run, lacking


def decided(run: Run, facts: Facts, close: Sequence[str]) -> tuple[Action, ...]:
    """All actions in their order, but for the texts, which depend on what is opened."""
    kept = kept_refs([one.head for one in run.wanted], run.histories)
    own = {name: place.trunk for name, place in facts.places.items() if place.own}
    found = decide(run.wanted, facts.pulls, facts.tips, kept)
    before = out_of_the_way(facts.left, own, found)
    return (*before, *found, *tidying(run.series.plan.name, facts.left, close))
