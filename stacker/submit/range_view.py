"""Where people see a stage's own change without what is below it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.forge.api import PullState
from stacker.submit.heads import stands_on
from stacker.submit.words.body import inline

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.forge.api import PullRequest
    from stacker.series.loading import Series
    from stacker.series.plan.model import StageId
    from stacker.submit.actions import Wanted
    from stacker.submit.place import Place


def range_view(
    series: Series,
    one: Wanted,
    wanted: Sequence[Wanted],
    places: Mapping[str, Place],
    pulls: Mapping[StageId, PullRequest],
) -> str:
    """Where the stage's own change alone is seen; a path, for the forge's address is not ours.

    It is a part of the pull request itself, whose comments stay there, if what is below is one of
    its commits; else the fork compares the two.
    """
    needs = stands_on(series, one.stage)
    if not needs:
        return "the *Files changed* tab shows just this"
    place, pull, head = places[one.repository], pulls.get(one.stage), one.head
    on_top = f"on top of {inline(', '.join(needs))}"
    if pull is not None and pull.number > 0 and _contains_below(series, one, pulls):
        span = f"{head.stands_on}..{head.head}"
        upstream = place.repository.upstream
        return f"[its own change](/{upstream}/pull/{pull.number}/files/{span}) {on_top}"
    line = series.lock.stage(needs[0])
    known = line.published.branch if line and line.published else f"{series.plan.name}/{needs[0]}"
    elsewhere = next((places[w.head.place] for w in wanted if w.stage == needs[0]), place)
    known = known if elsewhere.fork == place.fork else f"{elsewhere.owner}:{known}"
    below = head.below_branch if head.below is not None else known
    span = f"{quote(below, safe='/:')}...{quote(head.branch, safe='/')}"
    return f"[its own change](/{place.fork}/compare/{span}) {on_top}"


def _contains_below(series: Series, one: Wanted, pulls: Mapping[StageId, PullRequest]) -> bool:
    """Whether the pull request shows what is below as commits of its own: it goes to the trunk,
    and the trunk has none of that."""
    if one.base != one.trunk:
        return False
    return one.head.below is not None or not any(
        _merged(series, need, pulls.get(need)) for need in stands_on(series, one.stage)
    )


def _merged(series: Series, need: StageId, pull: PullRequest | None) -> bool:
    line = series.lock.stage(need)
    landed = line is not None and line.landing is not None
    return landed or (pull is not None and pull.state is PullState.MERGED)
