"""What a rebase would come to, by what is known here: upstream as it was last fetched."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.errors import StackerError
from stacker.forecast.flow import ForecastRequest, forecast
from stacker.forecast.neighbours import Kind
from stacker.forecast.outcome import Fate, Forecast
from stacker.report.diff import shown
from stacker.report.value import Foreseen, Tone

if TYPE_CHECKING:
    from stacker.forecast.culprit import Culprit
    from stacker.forecast.outcome import Clash, StageForecast
    from stacker.series.workspace import Workspace
    from stacker.status.value import SeriesStatus
    from stacker.upstream.commit import UpstreamCommit

_MOST = 150  # patches; to try more would be felt
_NEARBY = 4  # things that upstream did next to a stage
_OF_ALL = (Kind.BUILD, Kind.PIN)  # not of one stage alone


def look(work: Workspace | None, status: SeriesStatus) -> Forecast | str:
    """The forecast, or in words why there is none. Nobody is asked."""
    if work is None or not status.in_store:
        return "This clone has no objects yet, so nothing was tried."
    ahead = [one.ahead for one in status.upstreams if one.ahead is not None]
    if not ahead:
        return "Upstream was not fetched yet."
    if not any(ahead):
        return "The series stands on upstream as it was last fetched."
    if sum(one.patches for one in status.stages if not one.landed) > _MOST:
        return "So many patches are not tried here; `stacker forecast` does that."
    try:
        return forecast(work, ForecastRequest(fetch=False))
    except StackerError as exc:
        return f"Nothing could be tried: {exc.message}."


def outlook(found: Forecast | str) -> str:
    """What it is about, in a sentence."""
    if isinstance(found, str):
        return found
    fits = sum(one.fate in (Fate.CLEAN, Fate.LANDED) for one in found.stages)
    tips = ", ".join(f"{name} {tip[:10]}" for name, tip in found.targets.items())
    new = f"{found.new_commits} new {'commit' if found.new_commits == 1 else 'commits'}"
    return f"{fits} of {len(found.stages)} stages fit {tips} ({new}, as last fetched)."


def foreseen(one: StageForecast) -> Foreseen:
    """The same of one stage."""
    match one.fate:
        case Fate.CLEAN:
            near = [(near, by) for near, by in one.nearby if near.kind not in _OF_ALL]
            told = dict.fromkeys(
                f"{shown(near.path)}: {near.kind} {by.oid[:10]} ({_who(by)})" for near, by in near
            )
            return Foreseen(tone=Tone.GOOD, words="fits", nearby=tuple(told)[:_NEARBY])
        case Fate.LANDED:
            where = f" as {one.landing.oid[:10]} ({_who(one.landing)})" if one.landing else ""
            return Foreseen(tone=Tone.DONE, words=f"landed{where}")
        case Fate.BLOCKED:
            why = f"waits for {one.waits_for}" if one.waits_for else "nothing was imported yet"
            return Foreseen(tone=Tone.WAIT, words=why)
        case Fate.CONFLICT:
            assert one.clash is not None
            return _clash(one, one.clash)
        case never:
            assert_never(never)


def _clash(one: StageForecast, clash: Clash) -> Foreseen:
    of = "" if clash.of == one.stage else f"{clash.of}/"
    return Foreseen(
        tone=Tone.BAD,
        words=f"conflict in {of}{clash.file}",
        paths=tuple(f"{shown(each.path)} ({each.kind})" for each in clash.conflicts),
        culprit=_broken(clash.culprit) if clash.culprit else "",
    )


def _broken(culprit: Culprit) -> str:
    commit = culprit.commit
    day = f", {commit.date[:10]}" if commit.date else ""
    said = f"first broken by {commit.oid[:10]} ({_who(commit)}{day}): {commit.subject}"
    inside = culprit.inside
    if inside is not None:
        said += f"; inside it {inside.oid[:10]} ({_who(inside)}) {inside.subject}"
    return said


def _who(commit: UpstreamCommit) -> str:
    return f"GH-{commit.pull}, {commit.author}" if commit.pull else commit.author
