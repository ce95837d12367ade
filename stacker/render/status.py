"""How it reads where a series stands: a page of 80 columns, and the document for scripts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, assert_never

from stacker.approvals.standing import ApprovalState
from stacker.approvals.words import told
from stacker.landed.group import Extent
from stacker.render.adopts import adopts_words
from stacker.render.boxes import boxes_lines
from stacker.render.gate import torn_lines
from stacker.render.matrix import gap_note, matrix_text, to_verify
from stacker.render.times import ago
from stacker.status.next_step import next_step
from stacker.status.value import StageState
from stacker.submit.restacking import NEEDS_RESTACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.approvals.standing import Approval
    from stacker.status.review import Opinion
    from stacker.status.value import SeriesStatus, StageStatus, Unfinished, UpstreamStatus

_WIDTH = 80
_DAY = 86_400  # seconds
_WORTH_A_WORD = (ApprovalState.CHANGED, ApprovalState.UNKNOWN_HEAD, ApprovalState.DISMISSED)


def status_text(status: SeriesStatus) -> str:
    """The page: where the series stands, a line a stage, what is open, the next command."""
    lines = head_lines(status)
    if not status.in_store:
        lines.append("This clone has no objects yet; what follows is from plan and lock alone.")
    lines += _table(status) or ["  no stages yet"]
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
    parts = [f"{status.name} v{status.version} on {first.branch} {_short(first.base)}"]
    parts += _ahead(first, status.now)
    if status.forge_read_at is not None:
        parts.append(f"forge read {ago(status.now - status.forge_read_at)}")
    elif any(one.pull for one in status.stages):
        parts.append("forge not read")
    return " · ".join(parts)


def _beside(upstream: UpstreamStatus, status: SeriesStatus) -> str:
    here = f"  {upstream.repository} on {upstream.branch} {_short(upstream.base)}"
    return " · ".join([here, *_ahead(upstream, status.now)])


def _ahead(upstream: UpstreamStatus, now: int) -> list[str]:
    if upstream.ahead is None:
        return []
    age = now - upstream.seen_at if upstream.seen_at is not None else 0
    old = f" ({ago(age)})" if age > _DAY else ""
    return [f"upstream {f'{upstream.ahead} ahead' if upstream.ahead else 'the same'}{old}"]


def _table(status: SeriesStatus) -> list[str]:
    rows = [_columns(number, one) for number, one in enumerate(status.stages, 1)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)] if rows else []
    branches = {u.repository: u.branch for u in status.upstreams}
    words = [stage_words(one, branches[one.repository]) for one in status.stages]
    wide = max([len(w) for w, one in zip(words, status.stages, strict=True) if _plain(one)] or [0])
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
            lines += _with_note(line, _note(one), len(number) + len(name) + 4)
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


def _with_note(line: str, note: str, indent: int) -> list[str]:
    if not note:
        return [line.rstrip()]
    together = f"{line}  {note}"
    return [together] if len(together) <= _WIDTH else [line.rstrip(), f"{' ' * indent}{note}"]


def _heading(status: SeriesStatus, name: str | None) -> str:
    if name is None:
        return "each on its own"
    group = next(one for one in status.groups if one.name == name)
    landed = all(status.stage(one).landed for one in group.stages)
    done = f"{group.ready} of {len(group.stages)} ready"
    if group.torn is not None:
        done = "torn: the rest is frozen"
    elif landed or group.extent is Extent.ALL:
        done = "landed"
    return f"{name}, lands together, {done}"


def stage_words(one: StageStatus, branch: str) -> str:  # noqa: C901, PLR0911 - one return a state
    """Where the stage stands; `branch` is upstream's."""
    match one.state:
        case StageState.LANDED:
            return f"landed {_short(one.landing)}{f' in {one.release}' if one.release else ''}"
        case StageState.REVERTED:
            return f"{_reverted(one)}; the series is without it"
        case StageState.IN_UPSTREAM:
            what = f"landed {_short(one.landing)}" if one.landing else f"#{one.pull} was merged"
            back = f", reverted by {_short(one.reverted.by)}" if one.reverted else ""
            return f"{what}{back}; the series' base lacks it"
        case StageState.CONFLICT:
            return "conflict"
        case StageState.BLOCKED:
            return f"waits for {one.stopped_on}"
        case StageState.NO_PATCHES:
            return "no patches yet"
        case StageState.LOCAL:
            return "local"
        case StageState.HAND_OFF:
            return _handed_over(one, branch)
        case StageState.NOT_SUBMITTED:
            return "not submitted"
        case StageState.CLOSED:
            return "closed on the forge"
        case StageState.SUBMITTED:
            return _said(one.opinion, in_group=one.group is not None)
        case never:
            assert_never(never)


def _handed_over(one: StageStatus, branch: str) -> str:
    name = one.upstream.rstrip("/").rpartition("/")[2].removesuffix(".git")
    notes = [_reverted(one)] if one.reverted else []
    notes += ["its package is older"] if one.package is False else []
    return "; ".join([f"hand-off  waits for {name} {branch}", *notes])


def _reverted(one: StageStatus) -> str:
    if one.reverted is None:
        return ""
    return f"landed {_short(one.reverted.landing)}, reverted by {_short(one.reverted.by)}"


def _said(opinion: Opinion | None, *, in_group: bool) -> str:
    if opinion is None:
        return "submitted"
    if opinion.refused_by:
        return f"changes asked by {', '.join(opinion.refused_by)}"
    if opinion.approved_by:
        return f"approved by {', '.join(map(_whose, opinion.approvals.standing))}"
    if opinion.approved_before:
        return f"waits for {', '.join(opinion.approved_before)} again"
    return "waits for review" if in_group or not opinion.draft else "draft, waits for review"


def _whose(approval: Approval) -> str:
    """With the version that was approved, where that is an earlier one."""
    return f"{approval.author} (v{approval.version})" if approval.version else approval.author


def _note(one: StageStatus) -> str:
    notes = [_reverted(one)] if one.reverted else []
    notes += [NEEDS_RESTACK] if one.restack else []
    notes += adopts_words(one)
    notes += gap_note(one.evidence) if one.evidence else []
    if one.opinion and one.opinion.failing:
        notes.append(f"CI: {one.opinion.failing[0]} fails")
    if one.opinion:
        each = one.opinion.approvals.each
        notes += [told(approval) for approval in each if approval.state in _WORTH_A_WORD]
    if one.published is not None:
        as_it_is = {True: ", changed since", False: ", same change", None: ""}
        notes.append(f"published v{one.published.version}{as_it_is[one.published.changed]}")
        notes += ["others pushed to it"] if one.published.others else []
    return "; ".join(notes)


def _short(oid: str | None) -> str:
    return oid[:7] if oid else "no base yet"
