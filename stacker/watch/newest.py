"""The newest version that home has, as something to build: nothing of this directory's own files.

What was edited here by hand, a rebase that stopped, versions that home does not have: a box does
not look at them, so none of it is in its way, and none of it can go home.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.series.loading import as_left
from stacker.series.plan.reading import parse_plan
from stacker.series.workspace import Workspace
from stacker.sync import line
from stacker.sync.numbering import content_in, lock_in
from stacker.sync.taking import files_of, of_home, refuse_names
from stacker.verify.gather import commits_beside, stage_trees

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.plan.model import Plan, StageId
    from stacker.verify.stage_tree import StageTree
    from stacker.watch.value import Box


@dataclass(frozen=True, slots=True)
class Newest:
    """Home's version, as its line of versions had it at `head`; `by` is who made it."""

    head: Oid
    version: int
    by: str
    plan: Plan
    stages: Mapping[StageId, StageTree]
    beside: Mapping[StageId, Mapping[str, str]]

    def is_in(self, store: ObjectStore) -> bool:
        """Whether the store has all of it still: somebody may have let go of what nothing names."""
        wanted = {stage.commit for stage in self.stages.values()}
        wanted |= {commit for beside in self.beside.values() for commit in beside.values()}
        return all(store.find_many(sorted(wanted)))


def newest(store: ObjectStore, head: Oid | None, box: Box) -> Newest:
    """The newest version in home's line up to `head`; its commits are in the store then.

    Bases that the store lacks are fetched from upstream. Raises `StackerError` where that, or
    what home has, is of no use.
    """
    for step in reversed(line.read(store, head)):
        with of_home(step):
            files = files_of(store, step.tree)
            lock = lock_in(files)
            if content_in(lock, step.command) is None:
                continue  # files as somebody left them
            refuse_names(files, ours=False)
            plan = parse_plan(files["series.toml"].decode("utf-8", "replace"), "home's series.toml")
            work = Workspace(box.directory, plan, store, box.upstreams(plan), box.now(), str)
            work.bring_bases(lock)
            series = as_left(files, store, in_store=False)
        return Newest(
            step.oid, step.version, step.by, plan,
            stage_trees(store, series), commits_beside(store, series),
        )  # fmt: skip
    raise SeriesError(
        f"{box.home.shown} has no version of the series yet",
        hint="Somebody who has one shares it with `stacker sync`.",
    )
