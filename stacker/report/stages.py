"""One stage as the page shows it. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, assert_never
from urllib.parse import urlsplit

from stacker.render.adopts import adopts_words
from stacker.render.approvals import approvals_text
from stacker.render.matrix import origin_text
from stacker.render.status import stage_words
from stacker.report.changes import NOT_HERE
from stacker.report.foreseen import foreseen
from stacker.report.missing import missing
from stacker.report.value import Cell, Change, PatchLine, StageView, Tone
from stacker.status.value import StageState, WaitsFor
from stacker.submit.restacking import NEEDS_RESTACK
from stacker.verify.standing import State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.report.gather import Facts, OwnChange
    from stacker.status.value import StageStatus
    from stacker.verify.standing import Standing

# What a line begins with that is more than prose: a list, a quotation, a table, code, a comment.
_LAID_OUT = re.compile(r"^(?:\s|[-*+>|#<`~]|\d+[.)])", re.MULTILINE)
_SIGNS = {
    State.PASSED: Tone.GOOD,
    State.FAILED: Tone.BAD,
    State.TIMED_OUT: Tone.BAD,
    State.STALE: Tone.ACT,
    State.MISSING: Tone.IDLE,
}
_WAITS = {
    WaitsFor.NOBODY: "",
    WaitsFor.YOU: "the porter",
    WaitsFor.REVIEW: "a reviewer",
    WaitsFor.LANDING: "the coordinator",
    WaitsFor.FORGE: "CI",
    WaitsFor.UNKNOWN: "an answer of the forge, which was not asked",
}


def stage_view(facts: Facts, number: int, one: StageStatus, change: Change) -> StageView:
    """The stage; `number` counts from 1 in plan order, `change` is its own one."""
    branch = next(u.branch for u in facts.status.upstreams if u.repository == one.repository)
    title, body = facts.texts[one.id]
    several = len(facts.plan.repositories) > 1
    evidence, forecast = one.evidence, facts.forecast
    fate = None if isinstance(forecast, str) else forecast.stage(one.id)
    return StageView(
        id=one.id,
        number=number,
        title=title,
        body=flowing(body),
        repository=one.repository if several else "",
        group=one.group or "",
        needs=one.needs,
        tone=tone(one),
        words=_words(one, branch),
        waits_for=_WAITS[one.waits_for],
        pull=f"#{one.pull}" if one.pull else "",
        url=safe_url(one.url or ""),
        published=_published(one),
        notes=tuple(_notes(one)),
        people=tuple(approvals_text(one.opinion.approvals)) if one.opinion else (),
        cells=tuple(_cell(facts, each) for each in evidence.results) if evidence else (),
        passed=f"{len(evidence.passed)}/{len(evidence.required)}"
        if evidence and evidence.required
        else "",
        missing=missing(facts.plan, facts.status, one),
        patches=tuple(_patches(facts.changes.get(one.id))),
        change=change,
        foreseen=foreseen(fate) if fate is not None else None,
        ready=one.ready,
        landed=one.landed,
    )


def flowing(text: str) -> str:
    """A text whose paragraphs end where they end, not at some column; lists and code stay."""
    parts = re.split(r"\n[ \t]*\n", text)
    return "\n\n".join(
        part if _LAID_OUT.search(part) else part.replace("\n", " ") for part in parts
    )


def why_no_change(one: StageStatus) -> str:
    """Why a stage has no change to see."""
    if one.landed:
        return f"It has landed as {(one.landing or '')[:10]} and is no part of the series any more."
    return "It has no patches yet." if not one.patches else NOT_HERE


def tone(one: StageStatus) -> Tone:
    """How it stands, at a glance."""
    match one.state:
        case StageState.LANDED | StageState.IN_UPSTREAM:
            return Tone.DONE
        case StageState.REVERTED | StageState.CONFLICT | StageState.CLOSED:
            return Tone.BAD
        case StageState.BLOCKED | StageState.HAND_OFF:
            return Tone.WAIT
        case StageState.NO_PATCHES | StageState.LOCAL | StageState.NOT_SUBMITTED:
            return Tone.BAD if one.evidence is not None and one.evidence.failing else Tone.IDLE
        case StageState.SUBMITTED:
            return _submitted(one)
        case never:
            assert_never(never)


def _words(one: StageStatus, branch: str) -> str:
    fails = one.state in (StageState.SUBMITTED, StageState.NOT_SUBMITTED, StageState.LOCAL)
    red = fails and one.evidence is not None and one.evidence.failing
    return f"{stage_words(one, branch)}, a check fails" if red else stage_words(one, branch)


def _submitted(one: StageStatus) -> Tone:
    if one.evidence is not None and one.evidence.failing:
        return Tone.BAD
    if one.ready:
        return Tone.GOOD
    return Tone.ACT if one.waits_for is WaitsFor.YOU else Tone.WAIT


def _published(one: StageStatus) -> str:
    if one.published is None:
        return ""
    since = {True: "changed since", False: "the same change as now", None: ""}
    as_it_is = since[one.published.changed]
    return f"v{one.published.version}{f', {as_it_is}' if as_it_is else ''}"


def _notes(one: StageStatus) -> Iterator[str]:
    if one.restack:
        yield f"{NEEDS_RESTACK}: upstream took {', '.join(one.restack)} from under it"
    yield from adopts_words(one)
    if one.reverted is not None:
        yield f"landed as {one.reverted.landing[:10]}, reverted by {one.reverted.by[:10]}"
    if one.published is not None and one.published.others is not None:
        yield "others pushed to it"
    if one.package is False:
        yield "its package is older"
    if one.opinion is not None and one.opinion.failing:
        yield f"CI: {', '.join(one.opinion.failing)} fails"


def _cell(facts: Facts, one: Standing) -> Cell:
    record = one.record
    lines = facts.logs.get(record.key, ()) if record else ()
    silent = ""
    if record is not None and not lines and one.state is not State.STALE:
        silent = f"Its log is at {record.host}." if record.shared else "Its log is gone."
    states = {State.MISSING: "no evidence", State.STALE: "stale", State.TIMED_OUT: "timed out"}
    return Cell(
        check=one.check,
        platform=one.platform,
        tone=_SIGNS[one.state],
        state=states.get(one.state, str(one.state)),
        reason=one.why,
        may_fail=not one.required,
        origin=origin_text(one),
        url=safe_url(record.url) if record else "",
        command="" if one.state is State.PASSED else one.command,
        log=lines,
        silent=silent,
    )


def _patches(change: OwnChange | None) -> Iterator[PatchLine]:
    for oid, commit in zip(change.ids, change.commits, strict=True) if change else ():
        name = commit.author.name.decode("utf-8", "backslashreplace")
        yield PatchLine(oid[:10], commit.subject, name)


def safe_url(url: str) -> str:
    """The address, if a browser that follows it only reads a page; else empty."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    plain = parts.scheme in ("http", "https") and parts.hostname and parts.username is None
    return url if plain else ""
