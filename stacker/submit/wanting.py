"""What each stage's pull request is to be: base, title, draft or ready, text. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.forge.api import PullState, ReviewState
from stacker.series.plan.chains import needs_closure
from stacker.submit.actions import Wanted, retargeted
from stacker.submit.body import Called, Part, Text, inline, pull_body, unverified_in
from stacker.submit.evidence_text import evidence_lines, facts_of, lacks_in, still_lacking
from stacker.submit.graph_text import graph_lines
from stacker.submit.heads import stands_on
from stacker.submit.templating import Templates, own_templates
from stacker.submit.texts import our_text
from stacker.submit.titles import words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.submit.evidence_text import Lack
    from stacker.submit.gather import Place
    from stacker.submit.heads import Head
    from stacker.submit.proof import Proof


def wanted_pulls(
    series: Series,
    heads: Sequence[Head],
    places: Mapping[str, Place],
    pulls: Mapping[StageId, PullRequest],
) -> tuple[Wanted, ...]:
    """One wanted pull request for each head, in the same order."""
    branches = {head.stage: head for head in heads}
    found = []
    for head in heads:
        place = places[head.repository]
        title, _ = words_of(series.plan, series.files, head.stage)
        found.append(
            Wanted(
                stage=head.stage,
                repository=head.repository,
                head=head,
                head_name=f"{place.owner}:{head.branch}",
                base=_base(series, head, place, branches),
                trunk=place.trunk,
                title=title,
                draft=_draft(series, head.stage, branches, pulls),
            )
        )
    return tuple(found)


def bodies(
    series: Series,
    wanted: Sequence[Wanted],
    places: Mapping[str, Place],
    pulls: Mapping[StageId, PullRequest],
    proof: Proof,
) -> dict[StageId, str]:
    """Our block of every wanted pull request; it names the numbers that are known."""
    found: dict[StageId, str] = {}
    called, own = Called(series.plan.name, series.plan.title), own_templates(series.files)
    for one in wanted:
        parts = [_part(series, s, one.repository, pulls) for s in series.plan.order]
        here = next(p for p in parts if p.stage == one.stage)
        title, body = words_of(series.plan, series.files, one.stage)
        pull = pulls.get(one.stage)
        lacks = _lacks(one.stage, proof, our_text(pull, series.plan.name) if pull else "")
        text = Text(
            title=title, body=body, range_view=_range_view(series, one, places),
            evidence=_evidence(one.stage, proof, lacks), unverified=facts_of(lacks),
            graph=tuple(graph_lines(here, parts)),
        )  # fmt: skip
        draft = one.draft if pull is None else one.draft and pull.draft
        templates = Templates(series.plan.repository(one.repository).preset, own)
        found[one.stage] = pull_body(called, here, parts, text, draft=draft, templates=templates)
    return found


def _lacks(stage: StageId, proof: Proof, present: str) -> tuple[Lack, ...]:
    """What it lacked when it was published, which is now, or what the text that is there tells."""
    if stage in proof.lacks or stage not in proof.evidence:
        return proof.lacks.get(stage, ())
    return still_lacking(lacks_in(unverified_in(present)), proof.evidence[stage])


def _evidence(stage: StageId, proof: Proof, lacks: Sequence[Lack]) -> tuple[str, ...]:
    if stage not in proof.evidence:
        return ()
    return tuple(evidence_lines(proof.evidence[stage], proof.trees[stage], lacks))


def notes(wanted: Sequence[Wanted], pulls: Mapping[StageId, PullRequest]) -> tuple[str, ...]:
    """What somebody else did to our pull requests, told and not undone."""
    found = []
    by_stage = {one.stage: one for one in wanted}
    for stage, pull in pulls.items():
        match pull.state:
            case PullState.CLOSED:
                found.append(f"{stage}: #{pull.number} was closed by somebody; left as it is")
            case PullState.MERGED:
                found.append(f"{stage}: #{pull.number} was merged; `stacker rebase` takes that in")
            case PullState.OPEN:
                if stage in by_stage and retargeted(by_stage[stage], pull):
                    found.append(
                        f"{stage}: #{pull.number} was retargeted to "
                        f"{pull.base_branch} by somebody; left as it is"
                    )
    return tuple(found)


def _base(series: Series, head: Head, place: Place, branches: Mapping[StageId, Head]) -> str:
    """Upstream's branch, unless branches are upstream's own: then what the stage stands on."""
    if place.fork != place.repository.upstream:
        return place.trunk
    needs = [branches[n].branch for n in stands_on(series, head.stage) if n in branches]
    if needs and head.below is not None:
        return head.below_branch
    return needs[0] if needs else place.trunk


def _draft(
    series: Series,
    stage: StageId,
    heads: Mapping[StageId, Head],
    pulls: Mapping[StageId, PullRequest],
) -> bool:
    """A member of a group until the group may land; else until all needs are in or approved."""
    if series.plan.group_of(stage) is not None:
        return True
    needs = needs_closure(series.plan, stage)
    return not all(_settled(series, need, heads.get(need), pulls.get(need)) for need in needs)


def _settled(series: Series, need: StageId, head: Head | None, pull: PullRequest | None) -> bool:
    """Whether it has landed, or the very head that it is to have is approved."""
    line = series.lock.stage(need)
    if series.landed(need) or (line is not None and line.landing is not None):
        return True
    same = pull is not None and head is not None and pull.head == head.head
    return same and pull is not None and approved(pull)


def approved(pull: PullRequest) -> bool:
    """Whether somebody's newest word is approval of this very head, and nobody's is refusal."""
    newest = {
        r.author: r
        for r in pull.reviews
        if r.state not in (ReviewState.COMMENTED, ReviewState.PENDING)
    }
    if any(r.state is ReviewState.CHANGES_REQUESTED for r in newest.values()):
        return False
    return any(r.state is ReviewState.APPROVED and r.commit == pull.head for r in newest.values())


def _part(
    series: Series, stage: StageId, repository: str, pulls: Mapping[StageId, PullRequest]
) -> Part:
    title, _ = words_of(series.plan, series.files, stage)
    group = series.plan.group_of(stage)
    line = series.lock.stage(stage)
    pull = pulls.get(stage)
    number = pull.number if pull else (line.pull if line else None)
    home = series.plan.stage(stage).repository
    upstream = series.plan.repository(home).upstream
    elsewhere = "" if home == repository else upstream
    return Part(
        stage=stage,
        title=title,
        reference=f"{elsewhere}#{number}" if number else "",
        state=_state(series, stage, number, pull),
        group=group.name if group else None,
        needs=series.plan.stage(stage).needs,
    )


def _state(series: Series, stage: StageId, number: int | None, pull: PullRequest | None) -> str:
    line = series.lock.stage(stage)
    if series.landed(stage) or (line is not None and line.landing is not None):
        return "landed"
    if pull is not None:
        return str(pull.state)
    return "open" if number else "not yet here"


def _range_view(series: Series, one: Wanted, places: Mapping[str, Place]) -> str:
    """Where the stage's own change alone is seen; a path, for the forge's address is not ours."""
    needs = stands_on(series, one.stage)
    if not needs:
        return "the *Files changed* tab shows just this"
    fork = places[one.repository].fork
    line = series.lock.stage(needs[0])
    known = line.published.branch if line and line.published else f"{series.plan.name}/{needs[0]}"
    below = one.head.below_branch if one.head.below is not None else known
    span = f"{quote(below, safe='/')}...{quote(one.head.branch, safe='/')}"
    return f"[its own change](/{fork}/compare/{span}) on top of {inline(', '.join(needs))}"
