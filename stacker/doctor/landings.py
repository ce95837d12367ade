"""Landings that have not ended, and groups of which a part landed alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import ok, problem, warning
from stacker.errors import StackerError
from stacker.git.beside import beside
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.landed.group import group_landings
from stacker.rebase.upstream_has import torn_groups, upstream_has
from stacker.series.loading import load
from stacker.series.workspace import Workspace, fetch_tip
from stacker.status.landings import unfinished_landings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.doctor.finding import Finding
    from stacker.doctor.reach import Reach
    from stacker.landed.group import Torn
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan
    from stacker.status.value import Unfinished


def examine_landings(
    directory: SeriesDirectory, plan: Plan, reach: Reach | None
) -> Iterator[Finding]:
    """As upstream is now; what is fetched for it is thrown away. Without `reach` our own journal
    alone is asked."""
    if reach is None or not (directory.store / "HEAD").is_file():
        yield from map(_begun, unfinished_landings(directory, plan, None, 0))
        return
    try:
        with ObjectStore(Git(directory.store)) as store, beside(store) as above:
            work = Workspace(directory, plan, above, reach.upstreams, reach.now, str)
            torn = _torn(work)
            begun = unfinished_landings(directory, plan, work, reach.now)
    except StackerError as exc:
        yield warning("landings", f"not looked at: {exc.message}")
        return
    found = [*map(_group, torn), *map(_begun, begun)]
    yield from found or [ok("landings", "none is under way, and no group is torn")]


def _torn(work: Workspace) -> tuple[Torn, ...]:
    """The torn groups; who lands is asked along, also where there is no group."""
    series = load(work.directory.files(), work.store, work.plan)
    bases = series.lock.bases
    homes = [name for name in work.upstreams if name in bases]
    tips = {name: fetch_tip(work.store, work.upstreams[name]) for name in homes}
    if not any(len(group.stages) > 1 for group in work.plan.groups):
        return ()
    landings = upstream_has(work, series, {**bases, **tips})
    return torn_groups(work, series, group_landings(work.plan, landings))


def _group(one: Torn) -> Finding:
    said = f"{one.said}; frozen: {', '.join(one.landing.left)}"
    return problem(f"group {one.landing.group}", said, "\n".join(way.line for way in one.ways))


def _begun(one: Unfinished) -> Finding:
    if not one.command:
        return ok("landings", one.what)
    who = "To finish it" if one.ours else "Whoever may land can finish it"
    return warning("landings", one.what, f"{who}: {one.command}")
