"""`stacker doctor`: from what everything stands on to what only the forge can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.doctor import bots, coordinator, remote, store
from stacker.doctor import directory as on_disk
from stacker.doctor.ci import examine_ci
from stacker.doctor.finding import failed, ok, problem
from stacker.doctor.formats import examine_formats
from stacker.doctor.landings import examine_landings
from stacker.doctor.leftovers import examine_leftovers
from stacker.errors import NewerFormat, PlanError, StackerError
from stacker.series.plan.problems import format_problem
from stacker.series.plan.reading import read_plan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from stacker.bots.values import Access
    from stacker.doctor.finding import Finding
    from stacker.doctor.reach import Reach
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan

    Reaching = Callable[[Plan, SeriesDirectory], AbstractContextManager[Reach]]
    """Opens what leads to upstream and forge."""

    Masters = Callable[[Plan, SeriesDirectory], Mapping[str, Access]]
    """How the plan's buildbots are reached."""


@dataclass(frozen=True, slots=True)
class Landing:
    """That a landing is to be prepared; `key` is the fingerprint of this machine's signing key,
    None where none is set, or what is wrong with it."""

    key: str | StackerError | None


def examine(
    directory: SeriesDirectory,
    reach: Reaching | None,
    masters: Masters | None = None,
    landing: Landing | None = None,
    lanes: Path | None = None,
) -> tuple[Finding, ...]:
    """Everything, in the order in which it should be mended; without `reach` nobody is asked.

    With `landing` what a coordinator needs instead of what a porter does. `lanes` is where checks
    are built, if not in `.stacker`.
    """
    return tuple(_examine(directory, reach, masters, landing, lanes))


def _examine(
    directory: SeriesDirectory,
    reach: Reaching | None,
    masters: Masters | None,
    landing: Landing | None,
    lanes: Path | None,
) -> Iterator[Finding]:
    yield from on_disk.examine_programs()
    yield from on_disk.examine_files(directory)
    try:
        plan = read_plan(directory.plan_file)
    except PlanError as exc:
        yield problem("plan", exc.message, "\n".join(format_problem(p) for p in exc.where))
        return
    except NewerFormat as exc:
        yield failed("plan", exc)
        return
    places = ", ".join(repository.upstream for repository in plan.repositories)
    yield ok("plan", f"{len(plan.stages)} stages for {places}")
    yield from examine_formats(directory)
    yield from store.examine_store(directory, plan)
    yield from examine_leftovers(directory, lanes)
    yield from on_disk.examine_boxes(directory)
    if landing is not None:
        yield from coordinator.examine_machine(directory.state, plan, landing.key)
    if reach is None:
        yield from examine_landings(directory, plan, None)
        return
    try:
        with reach(plan, directory) as there:
            yield from remote.examine_upstreams(there, directory.root)
            lock, lands = store.lock_of(directory), landing is not None
            yield from remote.examine_forge(there, plan, directory, lock, landing=lands)
            yield from examine_ci(there, plan, directory.state)
            yield from examine_landings(directory, plan, there)
    except StackerError as exc:
        yield failed("forge", exc)
    if masters is not None:
        try:
            yield from bots.examine_bots(masters(plan, directory), plan)
        except StackerError as exc:
            yield failed("runners", exc)
