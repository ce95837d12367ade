"""What upstream's CI says of what is to land, and which of it is only to be waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.land.outcome import Reason, Who
from stacker.series.plan.ci_checks import ci_checks, ci_platforms
from stacker.verify.ci_binding import Merge, Seen, Unseen
from stacker.verify.ci_seen import contains, pulls_seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.land.gather import Gathered, LandForge
    from stacker.land.intent import Intent
    from stacker.series.plan.model import Plan, StageId
    from stacker.series.workspace import Workspace
    from stacker.verify.ci_binding import Sight
    from stacker.verify.request import CellResult


def told_by_ci(
    work: Workspace, forge: LandForge, found: Gathered, intent: Intent
) -> dict[StageId, tuple[Sight, ...]]:
    """Per member the commits whose CI checks the forge told: its head; of the last also the
    candidate, whose files are those of the branch when it has landed."""
    if intent.repository not in {repository for repository, _ in ci_checks(work.plan)}:
        return {}
    heads = pulls_seen(work.store, found.series, work.directory.state)
    sights: dict[StageId, tuple[Sight, ...]] = {stage: (one,) for stage, one in heads.items()}
    last = found.members[-1]
    sights[last] = (*sights.get(last, ()), _candidate(work, forge, found, intent))
    return sights


def _candidate(work: Workspace, forge: LandForge, found: Gathered, intent: Intent) -> Sight:
    where = f"the candidate {intent.candidate[:10]}"
    told = forge.tip_checks(found.facts.repository.upstream, intent.landing_branch, intent.branch)
    if told.tip != intent.candidate:
        return Unseen(f"CI has not seen {where} yet")
    tip = told.other_tip or ""
    contained = contains(work.store, intent.candidate, tip)
    merge = Merge("the candidate", intent.branch, tip, followed=True, contained=contained)
    return Seen(where, intent.candidate, intent.tree, intent.base, merge, told.checks)


def awaited(
    plan: Plan, last: StageId, results: Sequence[CellResult]
) -> tuple[tuple[CellResult, ...], tuple[Reason, ...], tuple[Reason, ...]]:
    """What is not CI's; what no waiting brings, with what does; and what is to be waited for.

    What CI said of a member's head holds for what lands only while the head contains the tip of the
    branch. Of the last member it is asked about the candidate itself.
    """
    platforms = ci_platforms(plan)
    rest, stuck, waiting = [], [], []
    for one in results:
        ended = one.verdict is not Verdict.COULD_NOT_RUN
        if ended and one.platform in platforms and one.required and not one.shared:
            if one.verdict is not Verdict.PASSED:  # nothing here can ask it again
                stuck.append(_red(one))
            continue
        if one.platform not in platforms or ended or not one.required:
            rest.append(one)
            continue
        text = f"{one.check} on {one.platform}: {one.reason}"
        if one.shown and one.stage != last:
            command = f"stacker rebase, then stacker submit --move-base {one.stage}"
            stuck.append(Reason(Who.PORTER, one.stage, text, command))
        else:
            waiting.append(Reason(Who.CI, one.stage, text))
    return tuple(rest), tuple(stuck), tuple(waiting)


def _red(one: CellResult) -> Reason:
    verdict = one.verdict.words
    seen = f": {one.url}" if one.url else ""
    text = f"{one.check} on {one.platform}: CI says {verdict}{seen}"
    return Reason(Who.PORTER, one.stage, text, "mend the patches, or have CI run it again")
