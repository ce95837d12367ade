"""What each stage's pull request is to be: base, title, draft or ready, text. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from stacker.forge.api import PullState
from stacker.handoff.proof import is_handed_over
from stacker.series.plan.chains import needs_closure
from stacker.series.plan.choices import Drafts
from stacker.series.templates.rendering import Templates, own_templates
from stacker.submit.actions import Wanted, given_title, renamed
from stacker.submit.adoption.adopted import continues
from stacker.submit.heads import stands_on
from stacker.submit.range_view import range_view
from stacker.submit.restacking import needs_restack, upstream_took
from stacker.submit.texts import our_text
from stacker.submit.words.body import Called, Part, Text, pull_body, unverified_in
from stacker.submit.words.evidence_text import evidence_lines, facts_of, lacks_in, still_lacking
from stacker.submit.words.graph_text import graph_lines
from stacker.submit.words.published_facts import PublishedFacts, write
from stacker.submit.words.titles import words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.submit.adoption.adopted import Adopted
    from stacker.submit.heads import Head
    from stacker.submit.place import Place
    from stacker.submit.proof import Proof
    from stacker.submit.versions.since import History
    from stacker.submit.words.evidence_text import Lack
    from stacker.submit.words.published_facts import PublishedVersion


def wanted_pulls(
    series: Series,
    heads: Sequence[Head],
    places: Mapping[str, Place],
    pulls: Mapping[StageId, PullRequest],
    adopted: Mapping[StageId, Adopted],
    *,
    approved: Collection[StageId],
) -> tuple[Wanted, ...]:
    """One wanted pull request for each head, in the same order.

    `approved` are those that are for the heads that they are to have. One that is somebody else's
    stays as it is.
    """
    branches = {head.stage: head for head in heads}
    found = []
    for head in heads:
        place = places[head.repository]
        title, _ = words_of(series.plan, series.files, head.stage)
        theirs = adopted.get(head.stage)
        kept = theirs.pull if theirs is not None and theirs.place is not None else None
        found.append(
            Wanted(
                stage=head.stage,
                repository=head.repository,
                head=head,
                head_name=f"{place.owner}:{head.branch}",
                base=kept.base_branch if kept else _base(series, head, place, branches),
                trunk=place.trunk,
                title=kept.title if kept else title,
                draft=kept is None and _draft(series, head.stage, pulls, approved),
                continues=continues(theirs) if theirs else "",
            )
        )
    return tuple(found)


def bodies(
    series: Series,
    wanted: Sequence[Wanted],
    places: Mapping[str, Place],
    pulls: Mapping[StageId, PullRequest],
    proof: Proof,
    *,
    histories: Mapping[StageId, History],
    only: StageId | None = None,
) -> dict[StageId, str]:
    """Our block of every wanted pull request, or that of `only`; it names the numbers that are
    known."""
    found: dict[StageId, str] = {}
    called, own = Called(series.plan.name, series.plan.title), own_templates(series.files)
    restack = to_restack(series, pulls)
    asked = [one for one in wanted if only is None or one.stage == only]
    known = {
        name: parts_of(series, name, pulls, restack)
        for name in {one.repository: 0 for one in asked}
    }
    for one in asked:
        parts = known[one.repository]
        here = next(p for p in parts if p.stage == one.stage)
        title, body = words_of(series.plan, series.files, one.stage)
        pull = pulls.get(one.stage)
        body = "\n\n".join(filter(None, [one.continues, body]))
        lacks = _lacks(one.stage, proof, our_text(pull, series.plan.name) if pull else "")
        text = Text(
            title=title, body=body, range_view=range_view(series, one, wanted, places, pulls),
            evidence=_evidence(one.stage, proof, lacks), unverified=facts_of(lacks),
            graph=tuple(graph_lines(here, parts)),
            published=_published(series, one, pull, histories[one.stage].versions),
        )  # fmt: skip
        draft = one.draft if pull is None else one.draft and pull.draft
        templates = Templates(series.plan.repository(one.repository).preset, own)
        found[one.stage] = pull_body(called, here, parts, text, draft=draft, templates=templates)
    return found


def parts_of(
    series: Series,
    repository: str,
    pulls: Mapping[StageId, PullRequest],
    restack: Mapping[StageId, tuple[StageId, ...]],
) -> list[Part]:
    """All stages, as a text for people of `repository` speaks of them; `restack` is what upstream
    took from under some."""
    return [
        replace(_part(series, s, repository, pulls), restack=restack.get(s, ()))
        for s in series.plan.order
    ]


def to_restack(
    series: Series, pulls: Mapping[StageId, PullRequest]
) -> Mapping[StageId, tuple[StageId, ...]]:
    """By stage what it stands on that upstream took meanwhile, by what the forge says."""
    merged = [s for s, pull in pulls.items() if pull.state is PullState.MERGED]
    return needs_restack(series.plan, series.lock, merged)


def _published(
    series: Series, one: Wanted, pull: PullRequest | None, versions: tuple[PublishedVersion, ...]
) -> str:
    plan = series.plan
    title = given_title(pull) if pull is not None and renamed(one, pull) else None
    facts = PublishedFacts(
        series=plan.name, stage=one.stage, title=one.title if title is None else title,
        home=plan.home, versions=versions,
    )  # fmt: skip
    return write(facts)


def _lacks(stage: StageId, proof: Proof, present: str) -> tuple[Lack, ...]:
    """What it lacked when it was published, which is now, or what the text that is there tells."""
    if stage in proof.lacks or stage not in proof.evidence:
        return proof.lacks.get(stage, ())
    return still_lacking(lacks_in(unverified_in(present)), proof.evidence[stage])


def _evidence(stage: StageId, proof: Proof, lacks: Sequence[Lack]) -> tuple[str, ...]:
    if stage not in proof.evidence:
        return ()
    return tuple(evidence_lines(proof.evidence[stage], proof.trees[stage], lacks))


def _base(series: Series, head: Head, place: Place, branches: Mapping[StageId, Head]) -> str:
    """Upstream's branch, unless branches are upstream's own: then what the stage stands on."""
    if not place.own:
        return place.trunk
    below = [branches[n] for n in stands_on(series, head.stage) if n in branches]
    needs = [one.branch for one in below if one.place == one.repository]
    if needs and head.below is not None:
        return head.below_branch
    return needs[0] if needs else place.trunk


def _draft(
    series: Series,
    stage: StageId,
    pulls: Mapping[StageId, PullRequest],
    approved: Collection[StageId],
) -> bool:
    """A member of a group until the group may land; else until all needs are in or, where the plan
    is content with that, approved."""
    drafts = series.plan.drafts
    if drafts is Drafts.NEVER or series.plan.group_of(stage) is not None:
        return drafts is not Drafts.NEVER
    enough = approved if drafts is Drafts.NEEDS_APPROVED else frozenset()
    needs = needs_closure(series.plan, stage)
    return not all(need in enough or _is_in(series, need, pulls.get(need)) for need in needs)


def _is_in(series: Series, stage: StageId, pull: PullRequest | None) -> bool:
    merged = pull is not None and pull.state is PullState.MERGED
    return upstream_took(series.lock, stage, merged=merged)


def _landed(series: Series, stage: StageId) -> bool:
    line = series.lock.stage(stage)
    return series.landed(stage) or (line is not None and line.landing is not None)


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
        # What only a dry run has opened has a number below zero.
        reference=f"{elsewhere}#{number}" if number and number > 0 else "",
        state=_state(series, stage, number, pull),
        group=group.name if group else None,
        needs=series.plan.stage(stage).needs,
        elsewhere=home != repository,
    )


def _state(series: Series, stage: StageId, number: int | None, pull: PullRequest | None) -> str:
    if _landed(series, stage):
        return "landed"
    if pull is not None:
        return str(pull.state)
    if is_handed_over(series, stage):
        return "handed over"
    return "open" if number else "not yet here"
