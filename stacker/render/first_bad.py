"""How the first bad stages read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.render.verify import aborted_lines, verify_document
from stacker.verify.aborting import aborts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.verify.request import Bisected, CellResult, FirstBadResult


def first_bad_document(result: FirstBadResult) -> dict[str, object]:
    """The `--json` document of `verify --first-bad`."""
    found = [
        {
            "check": one.check,
            "platform": one.platform,
            "tip": one.tip,
            "stage": one.stage,
            "passes_at": one.passes_at,
            "between": list(one.between),
            "bad": one.bad,
            "builds": one.builds,
        }
        for one in result.found
    ]
    return {"first_bad": found, **verify_document(result.asked)}


def first_bad_text(result: FirstBadResult, tails: Mapping[str, Sequence[str]]) -> str:
    """Each first bad stage with its log's last lines, by log path; or what stays open, and why."""
    if not result.asked.results:
        return "The plan has no checks for these stages."
    if not result.found:
        return "Nothing is bad: every tip passes."
    results = {one.where: one for one in result.asked.results}
    tips = {one.tip for one in result.found}
    lines: list[str] = []
    for one in result.found:
        tip = [f"tip {one.tip}"] if len(tips) > 1 else []
        builds = f"{one.builds} build{'' if one.builds == 1 else 's'}"
        lines.append(" · ".join([_said(one), f"{one.check} for {one.platform}", *tip, builds]))
        lines += _shown(one, results, tails)
    stages = dict.fromkeys(one.stage or one.between[-1] for one in result.found if one.bad)
    following = [f"Next: mend the patches, then stacker verify {' '.join(stages)}"] * bool(stages)
    return "\n".join([*lines, *aborted_lines(result.asked), *following])


def _said(one: Bisected) -> str:
    if one.stage is not None:
        below = (
            f"passes at {one.passes_at}" if one.passes_at else "nothing of the chain is below it"
        )
        return f"first bad: {one.stage} ({below})"
    from_on = f" (passes at {one.passes_at})" if one.passes_at else ""
    if one.bad:
        return f"first bad: one of {', '.join(one.between)}{from_on}"
    return f"cannot tell: {', '.join(one.between)}{from_on}"


def _shown(
    one: Bisected,
    results: Mapping[tuple[str, str, str], CellResult],
    tails: Mapping[str, Sequence[str]],
) -> Iterator[str]:
    """The end of the bad one's log; of those that could not run, the reasons."""
    if one.stage is not None:
        bad = results[one.stage, one.check, one.platform]
        yield from (f"    {line}" for line in tails.get(bad.log, ()))
        if bad.log:
            yield f"  All of it: {bad.log}"
        return
    there = [results.get((stage, one.check, one.platform)) for stage in one.between]
    reasons = (each.reason for each in there if each and not (aborts(each) or each.aborted_at))
    yield from dict.fromkeys(f"  {reason}" for reason in reasons if reason)
