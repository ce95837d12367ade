"""How it reads what upstream has of the series: a page, and the document for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.landed.fate import (
    HunkState,
    Landed,
    NotLanded,
    Partly,
    Reverted,
    WithChanges,
)
from stacker.render.documents import upstream_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.landed.fate import Fate, Hunk
    from stacker.landed.flow import LandedReport, StageLanded
    from stacker.upstream.commit import UpstreamCommit

    Document = dict[str, object]
    Told = Mapping[Oid, UpstreamCommit]

_WIDTH = 80
_MOST = 12  # hunks of a stage; the document has all
_WORDS = {
    HunkState.LANDED: "landed", HunkState.CHANGED: "landed, changed since by",
    HunkState.REVERTED: "reverted by", HunkState.DIFFERS: "otherwise in",
    HunkState.MISSING: "not landed", HunkState.BEYOND: "only in",
}  # fmt: skip


def landed_text(report: LandedReport, repository: str, branch: str) -> str:
    """The summary, a paragraph for each stage, and what to do about it."""
    there = sum(isinstance(one.fate, Landed) for one in report.stages)
    tip = report.targets.get(repository, "")[:10]
    lines = [f"{edit}: counted in" for edit in report.edits]
    lines.append(f"{there} of {len(report.stages)} stages have landed in {branch} {tip}.")
    wide = max((len(one.stage) for one in report.stages), default=0)
    for one in report.stages:
        first, *more = _stage(one, report.commits)
        lines += [f"  {one.stage:<{wide}}  {first}", *(_fitted(f"    {line}") for line in more)]
    if any(_is_news(one) for one in report.stages):
        lines.append("Next: stacker rebase")
    return "\n".join(lines)


def _is_news(one: StageLanded) -> bool:
    """Whether a rebase would take a stage out of the series, or back into it."""
    return isinstance(one.fate, Landed) != one.gone


def _stage(one: StageLanded, told: Told) -> list[str]:
    match one.fate:
        case Landed(commit=commit, together=together, hunks=hunks):
            beside = f", together with {', '.join(together)}" if together else ""
            lines = [f"landed {_short(commit)}{_release(one)}{beside}", _about(told[commit])]
            return [*lines, *_hunks(hunks, told)]
        case Reverted(commit=commit, by=by, hunks=hunks):
            lines = [f"landed {_short(commit)}, reverted by {_short(by)}", _about(told[by])]
            some = any(hunk.state is not HunkState.REVERTED for hunk in hunks)
            return [*lines, *_hunks(hunks if some else (), told)]
        case WithChanges(commit=commit, hunks=hunks):
            lines = [f"landed with changes {_short(commit)}{_release(one)}", _about(told[commit])]
            return [*lines, *_hunks(hunks, told)]
        case Partly(hunks=hunks):
            there = sum(h.state in (HunkState.LANDED, HunkState.CHANGED) for h in hunks)
            return [f"partly landed, {there} of {len(hunks)} hunks", *_hunks(hunks, told)]
        case NotLanded():
            return ["not landed"]
        case never:
            assert_never(never)


def _release(one: StageLanded) -> str:
    return f" in {one.release}" if one.release else ""


def _about(commit: UpstreamCommit) -> str:
    told = str(commit.pull) in commit.subject  # most subjects have it
    pull = f"GH-{commit.pull}, " if commit.pull and not told else ""
    day = f", {commit.date[:10]}" if commit.date else ""
    return f"{commit.subject} ({pull}{commit.author}{day})"


def _hunks(hunks: Sequence[Hunk], told: Told) -> Iterator[str]:
    for hunk in hunks[:_MOST]:
        yield f"{_path(hunk.path)}   {hunk.what}"
        oid = hunk.by or hunk.commit
        commit = f" {_short(oid)} {told[oid].subject}" if oid else ""
        yield f"  {_WORDS[hunk.state]}{commit}"
    if len(hunks) > _MOST:
        yield f"and {len(hunks) - _MOST} more, see --json"


def _short(oid: Oid) -> str:
    return oid[:10]


def _fitted(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def _path(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace").replace("\n", "\\n")


def landed_document(report: LandedReport, repository: str) -> Document:
    """The `--json` document; `repository` is the one whose target is `upstream`."""
    return {
        "upstream": report.targets.get(repository),
        "upstreams": dict(report.targets),
        "edits": list(report.edits),
        "stages": [_stage_document(one, report.commits) for one in report.stages],
    }


def _stage_document(one: StageLanded, told: Told) -> Document:
    fate = one.fate
    by = fate.by if isinstance(fate, Reverted) else None
    commit = None if isinstance(fate, Partly | NotLanded) else fate.commit
    return {
        "id": one.stage,
        "state": _state(fate),
        "gone": one.gone,
        "commit": upstream_commit(told[commit]) if commit else None,
        "together_with": list(fate.together) if isinstance(fate, Landed) else [],
        "release": one.release,
        "reverted_by": upstream_commit(told[by]) if by else None,
        "hunks": [
            _hunk(hunk, told) for hunk in (() if isinstance(fate, NotLanded) else fate.hunks)
        ],
    }


def _state(fate: Fate) -> str:
    match fate:
        case Landed():
            return "landed"
        case Reverted():
            return "reverted"
        case WithChanges():
            return "changed"
        case Partly():
            return "partly"
        case NotLanded():
            return "not-landed"
        case never:
            assert_never(never)


def _hunk(hunk: Hunk, told: Told) -> Document:
    return {
        "patch": hunk.patches[0] if len(hunk.patches) == 1 else None,
        "patches": list(hunk.patches),
        "path": hunk.path.decode("utf-8", "surrogateescape"),
        "hunk": hunk.what,
        "state": str(hunk.state),
        "commit": upstream_commit(told[hunk.commit]) if hunk.commit else None,
        "by": upstream_commit(told[hunk.by]) if hunk.by else None,
    }
