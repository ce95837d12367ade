"""How a forecast reads: a page of 80 columns, and the document for scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.forecast.neighbours import Kind
from stacker.forecast.outcome import Fate
from stacker.render.documents import culprit as culprit_document
from stacker.render.documents import upstream_commit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from stacker.forecast.culprit import Culprit, Hunk
    from stacker.forecast.neighbours import Nearby
    from stacker.forecast.outcome import Clash, Forecast, StageForecast
    from stacker.git.merge import Conflict
    from stacker.upstream.commit import UpstreamCommit

    Document = dict[str, object]

_OF_ALL = (Kind.BUILD, Kind.PIN)  # not of one stage alone
_WIDTH = 80
_MOST = 5  # lines on what is next to one stage; the document has all


def forecast_text(forecast: Forecast, repository: str, branch: str, command: str) -> str:
    """The summary, then each stage that has something to say; `command` would do the rebase."""
    lines = [f"{edit}: counted in" for edit in forecast.edits]
    lines.append(_summary(forecast, repository, branch))
    for one in forecast.stages:
        lines += _stage(one)
    lines += _waiting(forecast)
    lines += _builds(forecast)
    if forecast.conflicts or forecast.new_commits or forecast.edits:
        note = "     (moves nothing before all is solved)" if forecast.conflicts else ""
        line = f"Next: {command}"
        lines.append(line + note if len(line + note) <= _WIDTH else line)
    return "\n".join(lines)


def _summary(forecast: Forecast, repository: str, branch: str) -> str:
    fits = sum(one.fate in (Fate.CLEAN, Fate.LANDED) for one in forecast.stages)
    tip = forecast.targets.get(repository, "")[:10]
    new = forecast.new_commits
    commits = "1 new commit" if new == 1 else f"{new} new commits"
    stopped = len(forecast.conflicts)
    conflicts = f" {stopped} conflict{'s' if stopped > 1 else ''}." if stopped else ""
    return f"{fits} of {len(forecast.stages)} stages fit {branch} {tip} ({commits}).{conflicts}"


def _stage(one: StageForecast) -> list[str]:
    if one.clash is not None:
        return _clash(one, one.clash)
    if one.fate is Fate.LANDED:
        landing = one.landing
        where = f" in {landing.oid[:10]} ({_who(landing)})" if landing else ""
        return [f"  {one.stage}  landed{where}"]
    if one.fate is Fate.BLOCKED and one.waits_for is None:
        return [f"  {one.stage}  nothing was imported for its repository yet"]
    own = [pair for pair in one.nearby if pair[0].kind not in _OF_ALL]
    return [f"  {one.stage}  fits; worth a look:", *_nearby(own)] if own else []


def _builds(forecast: Forecast) -> list[str]:
    """What matters to every stage, said once."""
    found = {
        (near, commit.oid): (near, commit)
        for one in forecast.stages
        for near, commit in one.nearby
        if near.kind in _OF_ALL
    }
    lines = list(_nearby(list(found.values())))
    return ["  upstream changed how things are built:", *lines] if lines else []


def _clash(one: StageForecast, clash: Clash) -> list[str]:
    owner = "" if clash.of == one.stage else f"{clash.of}/"
    lines = [f"  {one.stage}  {owner}{clash.file}"]
    lines += [f"    {_shown(c.path)}   {c.kind}" for c in clash.conflicts]
    return lines + (_broken(clash.culprit) if clash.culprit else [])


def _broken(culprit: Culprit) -> list[str]:
    commit = culprit.commit
    day = f", {commit.date[:10]}" if commit.date else ""
    lines = [f"    first broken by {commit.oid[:10]} ({_who(commit)}{day})"]
    lines.append(_fitted(f"      {commit.subject}"))
    if culprit.inside is not None:
        inside = culprit.inside
        lines.append(
            _fitted(f"      inside it {inside.oid[:10]} ({_who(inside)}) {inside.subject}")
        )
    return lines


def _nearby(found: Sequence[tuple[Nearby, UpstreamCommit]]) -> Iterator[str]:
    """A line for each file and reason, with the newest commit."""
    newest: dict[tuple[bytes, Kind, bytes], UpstreamCommit] = {}
    counts: dict[tuple[bytes, Kind, bytes], int] = {}
    for one, commit in found:
        key = one.path, one.kind, one.detail
        newest[key], counts[key] = commit, counts.get(key, 0) + 1
    for key in list(newest)[:_MOST]:
        path, kind, detail = key
        joined = " to " if kind is Kind.MOVED else ": "
        what = f"{kind}{joined}{_shown(detail)}" if detail else str(kind)
        more = f" and {counts[key] - 1} more" if counts[key] > 1 else ""
        yield f"    {_shown(path)}   {newest[key].oid[:10]} ({_who(newest[key])}){more}"
        yield _fitted(f"      {what}")
    if len(newest) > _MOST:
        yield f"    and {len(newest) - _MOST} more, see --json"


def _waiting(forecast: Forecast) -> Iterator[str]:
    """Who waits for whom, a line for each that is waited for."""
    waiting: dict[str, list[str]] = {}
    for one in forecast.stages:
        if one.waits_for is not None:
            waiting.setdefault(one.waits_for, []).append(one.stage)
    for on, stages in waiting.items():
        yield f"  {', '.join(stages)}  {'waits' if len(stages) == 1 else 'wait'} for {on}"


def _who(commit: UpstreamCommit) -> str:
    return f"GH-{commit.pull}, {commit.author}" if commit.pull else commit.author


def _fitted(line: str) -> str:
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace").replace("\n", "\\n")


def forecast_document(forecast: Forecast, repository: str) -> Document:
    """The `--json` document; `repository` is the one whose target is `upstream`."""
    return {
        "upstream": forecast.targets.get(repository),
        "upstreams": dict(forecast.targets),
        "new_commits": forecast.new_commits,
        "edits": list(forecast.edits),
        "stages": [_stage_document(one) for one in forecast.stages],
    }


def _stage_document(one: StageForecast) -> Document:
    clash = one.clash
    conflicts = clash.conflicts if clash else ()
    return {
        "id": one.stage,
        "status": str(one.fate),
        "paths": [_path(conflict.path) for conflict in conflicts],
        "in": clash.of if clash else None,
        "patch": clash.file if clash else None,
        "conflicts": [_conflict(conflict) for conflict in conflicts],
        "culprit": _culprit(clash.culprit) if clash and clash.culprit else None,
        "landing": one.landing.oid if one.landing else None,
        "landed_as": upstream_commit(one.landing) if one.landing else None,
        "waits_for": one.waits_for,
        "nearby": [_nearby_document(near, commit) for near, commit in one.nearby],
    }


def _conflict(conflict: Conflict) -> Document:
    return {"path": _path(conflict.path), "kind": conflict.kind}


def _culprit(culprit: Culprit) -> Document:
    return {
        **culprit_document(culprit),
        "paths": [_path(path) for path in culprit.paths],
        "hunks": [_hunk(hunk) for hunk in culprit.hunks],
    }


def _hunk(hunk: Hunk) -> Document:
    return {
        "path": _path(hunk.path),
        "upstream": _path(hunk.upstream),
        "before": _path(hunk.before),
        "mine": _path(hunk.mine),
    }


def _nearby_document(near: Nearby, commit: UpstreamCommit) -> Document:
    return {
        "kind": str(near.kind),
        "path": _path(near.path),
        "detail": _path(near.detail),
        **upstream_commit(commit),
    }


def _path(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
