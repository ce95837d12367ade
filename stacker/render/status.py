"""How it reads where a series stands: a page of 80 columns, and the document for scripts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stacker.approvals.standing import ApprovalState
from stacker.approvals.words import told
from stacker.forge.api import PullState
from stacker.landed.group import Extent
from stacker.render.adopts import adopts_words
from stacker.render.boxes import boxes_lines
from stacker.render.gate import torn_lines
from stacker.render.matrix import gap_note, matrix_text, to_verify
from stacker.render.stage_words import reverted_words, short, stage_words, threads_words
from stacker.render.times import ago
from stacker.status.next_step import next_step
from stacker.status.value import StageState
from stacker.submit.restacking import NEEDS_RESTACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.status.review import Opinion
    from stacker.status.value import (
        GroupStatus,
        PublishedAs,
        SeriesStatus,
        StageStatus,
        Unfinished,
        UpstreamStatus,
    )

PAGE = 80  # columns, where nobody's terminal says otherwise
_WIDE = 24  # characters of a column; what is longer moves nothing on other lines
_DAY = 86_400  # seconds
_WORTH_A_WORD = (ApprovalState.CHANGED, ApprovalState.UNKNOWN_HEAD, ApprovalState.DISMISSED)


def status_text(status: SeriesStatus, width: int = PAGE) -> str:
    """The page: where the series stands, a line a stage, what is open, the next command.

    Where a stage's note does not fit into `width` beside it, the note has a line of its own.
    """
    lines = head_lines(status)
    if not status.in_store:
        lines.append("This clone has no objects yet; what follows is from plan and lock alone.")
    lines += _table(status, width) or ["  no stages yet"]
    lines += _elsewhere(status)
    lines += boxes_lines(status.boxes, status.platforms, status.now)
    lines += [f"Edited by hand: {edit}." for edit in status.edits]
    lines += [f"Open: {one.folder}\n      {one.command}" for one in status.folders]
    for group in status.groups:
        lines += torn_lines(group.torn) if group.torn else []
    lines += map(_unfinished, status.unfinished)
    step = next_step(status)
    if step is not None:
        because = f"     ({step.because})" if step.because else ""
        lines.append(f"Next: {step.command}{because}")
    return "\n".join(lines)


def _unfinished(one: Unfinished) -> str:
    """Our own are the next command; another machine's somebody ends who may land."""
    command = f": {one.command}" if one.command and not one.ours else "."
    return f"Unfinished: {one.what}{command}"


def stages_text(status: SeriesStatus, stages: Sequence[str]) -> str:
    """Of these stages all that is known of their evidence."""
    branches = {u.repository: u.branch for u in status.upstreams}
    lines: list[str] = []
    for one in map(status.stage, stages):
        _, name, pull, shown = _columns(0, one)
        lines.append(
            "  ".join(filter(None, [name, pull, stage_words(one, branches[one.repository]), shown]))
        )
        lines += matrix_text(one.evidence) if one.evidence else ["  its evidence was not looked at"]
    here = [s for s in stages if to_verify(status.stage(s).evidence)]
    return "\n".join([*lines, *([f"Next: stacker verify {' '.join(here)}"] if here else [])])


def head_lines(status: SeriesStatus) -> list[str]:
    """Where the series stands, a line for each repository."""
    more = [_beside(u, status) for u in status.upstreams[1:] if u.base is not None]
    return [_head(status), *more]


def _head(status: SeriesStatus) -> str:
    first = status.upstreams[0]
    where = short(first.base) if first.base else "(no base yet)"
    parts = [f"{status.name} v{status.version} on {first.branch} {where}"]
    parts += _ahead(first, status.now)
    if status.forge_read_at is not None:
        parts.append(f"forge read {ago(status.now - status.forge_read_at)}")
    elif any(one.pull for one in status.stages):
        parts.append("forge not read")
    return " · ".join(parts)


def _beside(upstream: UpstreamStatus, status: SeriesStatus) -> str:
    here = f"  {upstream.repository} on {upstream.branch} {short(upstream.base)}"
    return " · ".join([here, *_ahead(upstream, status.now)])


def _ahead(upstream: UpstreamStatus, now: int) -> list[str]:
    if upstream.ahead is None:
        return []
    age = now - upstream.seen_at if upstream.seen_at is not None else 0
    old = f" ({ago(age)})" if age > _DAY else ""
    return [f"upstream {f'{upstream.ahead} ahead' if upstream.ahead else 'the same'}{old}"]


def _table(status: SeriesStatus, width: int) -> list[str]:
    rows = [_columns(number, one) for number, one in enumerate(status.stages, 1)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)] if rows else []
    branches = {u.repository: u.branch for u in status.upstreams}
    words = [stage_words(one, branches[one.repository]) for one in status.stages]
    said_in_columns = [w for w, one in zip(words, status.stages, strict=True) if _plain(one)]
    wide = max((len(w) for w in said_in_columns if len(w) <= _WIDE), default=0)
    lines: list[str] = []
    heading: str | None = None
    for one, row, said in zip(status.stages, rows, words, strict=True):
        if one.group != heading:
            heading = one.group
            lines.append(f"  {_heading(status, heading)}")
        number, name, pull, evidence = (text.ljust(w) for text, w in zip(row, widths, strict=True))
        if _plain(one):
            columns = [number, name, pull, said.ljust(wide), *([evidence] if evidence else [])]
            line = "  ".join(columns)
            note = _note(one, status.version)
            lines += _with_note(line, note, len(number) + len(name) + 4, width)
        else:
            lines.append(f"{number}  {name}  {said}")
    return lines


def _elsewhere(status: SeriesStatus) -> list[str]:
    """What others ran, once for all stages that it is the same for."""
    said = Counter(s for one in status.stages if one.evidence for s in one.evidence.elsewhere)
    return [
        f"Evidence: {what} ({count} {'stage' if count == 1 else 'stages'})."
        for what, count in said.items()
    ]


def _plain(one: StageStatus) -> bool:
    """Whether the line has all columns: what is in upstream or handed over has a story instead."""
    told = (StageState.LANDED, StageState.REVERTED, StageState.IN_UPSTREAM, StageState.HAND_OFF)
    return one.state not in told


def _columns(number: int, one: StageStatus) -> tuple[str, str, str, str]:
    evidence = one.evidence
    shown = (
        f"{len(evidence.passed)}/{len(evidence.required)}" if evidence and evidence.required else ""
    )
    return f"{number:>3}", one.id, f"#{one.pull}" if one.pull else "-", shown


def _with_note(line: str, note: str, indent: int, width: int) -> list[str]:
    if not note:
        return [line.rstrip()]
    together = f"{line}  {note}"
    return [together] if len(together) <= width else [line.rstrip(), f"{' ' * indent}{note}"]


def _heading(status: SeriesStatus, name: str | None) -> str:
    if name is None:
        return "each on its own"
    group = next(one for one in status.groups if one.name == name)
    landed = all(status.stage(one).landed for one in group.stages)
    if group.torn is not None:
        return f"{name}, lands together, torn: the rest is frozen"
    if landed or group.extent is Extent.ALL:
        return f"{name}, lands together, landed"
    ready = f"{group.ready} of {len(group.stages)} ready"
    return f"{name}, lands together, {ready}{_gate(status, group)}"


def _gate(status: SeriesStatus, group: GroupStatus) -> str:
    """What is known here of what stops a lone merge; upstream's rules only `doctor` reads."""
    opinions = [one.opinion for one in map(status.stage, group.stages) if one.opinion]
    members = [one for one in opinions if one.state is PullState.OPEN]
    return ", gate L1: drafts" if members and all(one.draft for one in members) else ""


def _note(one: StageStatus, version: int) -> str:
    notes = [reverted_words(one)] if one.reverted else []
    notes += [NEEDS_RESTACK] if one.restack else []
    notes += adopts_words(one)
    notes += gap_note(one.evidence) if one.evidence else []
    if one.opinion and one.opinion.open_threads and _answered(one.opinion):
        notes.append(threads_words(one.opinion.open_threads))
    if one.opinion and one.opinion.failing:
        notes.append(f"CI: {one.opinion.failing[0]} fails")
    if one.opinion:
        each = one.opinion.approvals.each
        notes += [told(approval) for approval in each if approval.state in _WORTH_A_WORD]
    if one.published is not None:
        notes += _published(one.published, version)
        notes += ["others pushed to it"] if one.published.others else []
    return "; ".join(notes)


def _published(published: PublishedAs, version: int) -> list[str]:
    """Which version the forge has, unless it is this very one."""
    if published.version == version and published.changed is False:
        return []
    as_it_is = {True: ", changed since", False: ", same change", None: ""}
    return [f"published v{published.version}{as_it_is[published.changed]}"]


def _answered(opinion: Opinion) -> bool:
    """Whether the column says who approved or refused, and so not what is open."""
    return bool(opinion.refused_by or opinion.approved_by)
