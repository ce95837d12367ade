"""`review`: a stage's own change, who it stands on and goes in with, and what is shown of it.

Only what this clone has is read: nothing runs, nobody is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError, UsageError
from stacker.git.objects import Oid
from stacker.series.texts import stage_text

if TYPE_CHECKING:
    from stacker.git.process import Git
    from stacker.series.lock import StageLock
    from stacker.series.plan.model import Plan, StageId
    from stacker.status.value import SeriesStatus, StageStatus


@dataclass(frozen=True, slots=True)
class Review:
    """One stage: `title` as its pull request has it; `needs` and `together`, those it lands with.

    `edits` were made by hand in the series since it was written.

    `diff` is from the tree of commit `below` to that of commit `tip`, with its statistics first.
    """

    stage: StageStatus
    title: str
    needs: tuple[StageStatus, ...]
    together: tuple[StageStatus, ...]
    edits: tuple[str, ...]
    below: Oid
    tip: Oid
    diff: bytes


def stage_named(plan: Plan, status: SeriesStatus, name: str) -> StageId:
    """The stage of that id, or of the pull request `#N`; raises `UsageError`."""
    if not name.startswith("#"):
        return plan.stage(name).id
    found = [one for one in status.stages if str(one.pull) == name[1:]]
    if len(found) != 1:
        what = "several stages are" if found else "no stage is"
        raise UsageError(f"{what} pull request {name}", hint="`stacker status` has their numbers.")
    return found[0].id


def review(
    status: SeriesStatus, stage_id: StageId, line: StageLock | None, store: Git | None, text: bytes
) -> Review:
    """What there is to say of the stage as it was last written, which is `line`; `text` is that of
    its pull request.

    Raises `SeriesError` where its own change is not to be had.
    """
    if line is None or line.landed or not line.trees:
        landed = line is not None and line.landed
        raise SeriesError(
            f"{stage_id} has landed and is no part of the series any more" if landed
            else f"{stage_id} has no patches yet",
            hint=f"`stacker landed {stage_id}` tells what upstream has of it." if landed
            else "`stacker import` brings some.",
        )  # fmt: skip
    if store is None:
        raise SeriesError("this clone has no objects yet", hint="`stacker rebase` fetches them.")
    below = Oid(store.text("rev-parse", "--verify", f"{line.commit}~{len(line.trees)}"))
    shown = ("--no-ext-diff", "--no-textconv", "--no-color", "--stat", "-p", "-M", "-r")
    one = status.stage(stage_id)
    return Review(
        stage=one,
        title=stage_text(text, stage_id)[0],
        needs=tuple(map(status.stage, one.needs)),
        together=tuple(
            other
            for other in status.stages
            if one.group is not None and other.group == one.group and other.id != one.id
        ),
        edits=status.edits,
        below=below,
        tip=line.commit,
        diff=store.run("diff-tree", *shown, below, line.commit),
    )
