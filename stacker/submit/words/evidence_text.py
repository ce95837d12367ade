"""What a pull request's text tells of evidence: a table, and why something is lacking. Pure.

The same on every machine that knows the same, and the same when evidence is shown again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.evidence.record import day
from stacker.submit.words.body import inline
from stacker.verify.standing import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.verify.standing import Evidence, Standing

_MARKS = {
    State.PASSED: "✓ passed",
    State.FAILED: "✗ failed",
    State.TIMED_OUT: "✗ timed out",
    State.STALE: "stale",
    State.MISSING: "no evidence",
}
_WAS = {
    State.FAILED: "failed",
    State.TIMED_OUT: "timed out",
    State.STALE: "had only stale evidence",
    State.MISSING: "had no evidence",
}


@dataclass(frozen=True, slots=True)
class Lack:
    """What a required check lacked when the stage was published nevertheless."""

    check: str
    platform: str
    state: State


def lacks_of(found: Sequence[Standing]) -> tuple[Lack, ...]:
    """What is to be remembered of them."""
    return tuple(Lack(one.check, one.platform, one.state) for one in found)


def still_lacking(lacks: Sequence[Lack], evidence: Evidence) -> tuple[Lack, ...]:
    """Those that are not shown to pass by now."""
    left = {one.where for one in evidence.lacking}
    return tuple(one for one in lacks if (one.check, one.platform) in left)


def lacks_in(facts: object) -> tuple[Lack, ...]:
    """What a text remembers, however damaged it is."""
    rows = facts if isinstance(facts, list) else []
    found = []
    for row in rows:
        match row:
            case [str(check), str(platform), str(state)] if state in _WAS:
                found.append(Lack(check, platform, State(state)))
    return tuple(found)


def facts_of(lacks: Sequence[Lack]) -> tuple[tuple[str, ...], ...]:
    """The same for the text to remember."""
    return tuple((one.check, one.platform, str(one.state)) for one in lacks)


def evidence_lines(evidence: Evidence, head_tree: str, lacks: Sequence[Lack]) -> list[str]:
    """The lines; none for a stage without checks. `head_tree` are the files that are published."""
    if not evidence.results:
        return []
    lines = [_what(evidence, head_tree), "", *_table(evidence), ""]
    gaps: dict[str, list[str]] = {}
    for one in evidence.results:
        if one.reason:
            gaps.setdefault(inline(one.plain), []).append(_name(one.check, one.platform))
    lines += [f"- {', '.join(names)}: {words}" for words, names in gaps.items()]
    lines += [""] if gaps else []
    return [*_unverified(lacks), *lines]


def _what(evidence: Evidence, head_tree: str) -> str:
    tree = f"tree `{evidence.of.tree[:10]}`"
    if evidence.of.tree == head_tree:
        about = f"exactly these files ({tree})"
    else:
        about = f"this change put on `{evidence.of.base[:10]}` ({tree})"
    shown = [one.since for one in evidence.results if one.since is not None]
    newest = day(max(shown)) if shown else ""
    last = f" The newest is of {newest}." if newest else ""
    return f"**Evidence:** each result is a recorded run of a check on {about}.{last}"


def _table(evidence: Evidence) -> list[str]:
    checks = list(dict.fromkeys(one.check for one in evidence.results))
    platforms = list(dict.fromkeys(one.platform for one in evidence.results))
    cells = {one.where: _cell(one) for one in evidence.results}
    rows = [["check", *map(inline, platforms)], ["---"] * (1 + len(platforms))]
    rows += [
        [inline(check), *(cells.get((check, p), "not asked for") for p in platforms)]
        for check in checks
    ]
    return [f"| {' | '.join(row)} |" for row in rows]


def _cell(one: Standing) -> str:
    return _MARKS[one.state] + ("" if one.required else " (may fail here)")


def _unverified(lacks: Sequence[Lack]) -> list[str]:
    if not lacks:
        return []
    was: dict[str, list[str]] = {}
    for one in lacks:
        was.setdefault(_WAS[one.state], []).append(_name(one.check, one.platform))
    said = "; ".join(f"{', '.join(names)} {words}" for words, names in was.items())
    return [f"**Published unverified:** when this was pushed, {said}.", ""]


def _name(check: str, platform: str) -> str:
    return f"{inline(check)} for {inline(platform)}"
