"""How it reads where a series stands: a page of 80 columns, and the document for scripts."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from stacker.approvals.standing import ApprovalState
from stacker.approvals.words import told
from stacker.render.adopts import adopts_document, adopts_words
from stacker.render.approvals import approvals_document
from stacker.render.boxes import boxes_document, boxes_lines
from stacker.render.matrix import gap_note, matrix_document, matrix_text, to_verify
from stacker.render.stage_words import reverted_words, short, stage_words
from stacker.render.times import ago
from stacker.status.next_step import next_step
from stacker.status.value import StageState
from stacker.submit.restacking import NEEDS_RESTACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.status.value import SeriesStatus, StageStatus, UpstreamStatus

_WIDTH = 80
_DAY = 86_400  # seconds
_WORTH_A_WORD = (ApprovalState.CHANGED, ApprovalState.UNKNOWN_HEAD, ApprovalState.DISMISSED)


def status_text(status: SeriesStatus) -> str:
    """The page: where the series stands, a line a stage, what is open, the next command."""
    lines = [_head(status)]
    lines += [_beside(u, status) for u in status.upstreams[1:] if u.base is not None]
    if not status.in_store:
        lines.append("This clone has no objects yet; what follows is from plan and lock alone.")
    lines += _table(status) or ["  no stages yet"]
    lines += _elsewhere(status)
    lines += boxes_lines(status.boxes, status.platforms, status.now)
    lines += [f"Edited by hand: {edit}." for edit in status.edits]
    lines += [f"Open: {one.folder}\n      {one.command}" for one in status.folders]
    lines += [f"Unfinished: {one.what}." for one in status.unfinished]
    step = next_step(status)
    if step is not None:
        because = f"     ({step.because})" if step.because else ""
        lines.append(f"Next: {step.command}{because}")
    return "\n".join(lines)


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


def _head(status: SeriesStatus) -> str:
    first = status.upstreams[0]
    parts = [f"{status.name} v{status.version} on {first.branch} {short(first.base)}"]
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
    done = "landed" if landed else f"{group.ready} of {len(group.stages)} ready"
    return f"{name}, lands together, {done}"


def _note(one: StageStatus) -> str:
    notes = [reverted_words(one)] if one.reverted else []
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


def status_document(status: SeriesStatus, stages: Sequence[str] = ()) -> dict[str, object]:
    """The `--json` document of `status`, with `stages` or all; times are seconds since 1970."""
    step = next_step(status)
    return {
        "series": status.name,
        "title": status.title,
        "version": status.version,
        "bases": {u.repository: u.base for u in status.upstreams if u.base is not None},
        "upstream": {
            u.repository: {
                "branch": u.branch, "tip": u.tip, "ahead": u.ahead, "seen_at": u.seen_at,
            }
            for u in status.upstreams
        },
        "stages": [_stage(one) for one in status.stages if not stages or one.id in stages],
        "groups": [
            {"name": g.name, "stages": list(g.stages), "ready": g.ready} for g in status.groups
        ],
        "edits": list(status.edits),
        "stopped": status.stopped
        and {
            "targets": dict(status.stopped.targets), "stages": list(status.stopped.stages),
            "edit": status.stopped.edit,
        },
        "open": [
            {
                "stage": one.stage, "verb": one.verb, "folder": str(one.folder),
                "command": one.command,
            }
            for one in status.folders
        ],
        "unfinished": [{"what": one.what, "command": one.command} for one in status.unfinished],
        "forge_read_at": status.forge_read_at,
        "boxes": boxes_document(status.boxes),
        "in_store": status.in_store,
        "next": step and {"command": step.command, "because": step.because},
    }  # fmt: skip


def _stage(one: StageStatus) -> dict[str, object]:
    evidence, opinion, published = one.evidence, one.opinion, one.published
    return {
        "id": one.id,
        "repository": one.repository,
        "group": one.group,
        "needs": list(one.needs),
        "status": str(one.state),
        "waits_for": str(one.waits_for),
        "stopped_on": one.stopped_on,
        "restack": list(one.restack),
        "ready": one.ready,
        "patches": one.patches,
        "commit": one.commit,
        "pull": one.pull,
        "url": one.url,
        "adopts": adopts_document(one),
        "head": published.head if published else None,
        "published": published
        and {
            "version": published.version,
            "changed": published.changed,
            "others": published.others,
        },
        "packaged": one.package,
        "landed": one.landed,
        "landing": one.landing,
        "release": one.release,
        "reverted": one.reverted and {"landing": one.reverted.landing, "by": one.reverted.by},
        "evidence": evidence
        and {
            "passed": len(evidence.passed),
            "required": len(evidence.required),
            "failing": [str(one) for one in evidence.failing],
            "stale": [str(one) for one in evidence.stale],
            "matrix": matrix_document(evidence),
        },
        "review": opinion
        and {
            "state": str(opinion.state),
            "draft": opinion.draft,
            "approved_by": list(opinion.approved_by),
            "approved_before": list(opinion.approved_before),
            "refused_by": list(opinion.refused_by),
            "approvals": approvals_document(opinion.approvals),
            "ci_failing": list(opinion.failing),
            "ci_pending": list(opinion.pending),
            "read_at": opinion.read_at,
        },
    }
