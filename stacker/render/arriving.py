"""How it reads whether upstream passes the checks of what was handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.render.verify import results_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.verify.arriving import Arrival


def arrivals_document(arrivals: Sequence[Arrival]) -> list[dict[str, object]]:
    """For the `--json` document of `verify`."""
    return [
        {
            "stage": one.what.stage,
            "commit": one.what.commit,
            "tip": one.what.tip,
            "proved": one.proved,
            "results": results_document(one.results),
        }
        for one in arrivals
    ]


def arrivals_text(arrivals: Sequence[Arrival]) -> str:
    """A line or more for each."""
    return "".join(f"{line}\n" for one in arrivals for line in _lines(one))


def _lines(one: Arrival) -> list[str]:
    tip = f"{one.what.stage}: upstream's {one.what.tip[:10]}"
    if one.proved:
        came = one.what.commit[:10]
        return [f"{tip} passes, so it is there as {came}: `stacker rebase` takes that in"]
    lacking = [r for r in one.results if r.required and r.verdict is not Verdict.PASSED]
    if not lacking:
        return [f"{tip} has no check that must pass, so nothing proves that it is there"]
    said = (f"{r.check} for {r.platform} {r.verdict.words}" for r in lacking)
    return [f"{tip} does not pass: {', '.join(said)}"]
