"""`review`: a stage's own change, or what became of it since a version or a review; who it stands
on and goes in with, what is shown of it, and what people still say of its lines.

Only what this clone has is read, and, where the forge may be asked, what it has of the stage's
pull request. Nothing runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, assert_never

from stacker.errors import ForgeError, SeriesError, UsageError
from stacker.review.block import block_of
from stacker.review.placing import places
from stacker.review.reviewed import version_reviewed
from stacker.review.since import SHOWN, Here, own_change, published, since_version
from stacker.review.value import SinceMyReview, SinceVersion, Unread, Whole
from stacker.series.texts import stage_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.review.asking import Seen
    from stacker.review.value import Place, Published, Since, SinceWanted
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import Plan, StageId
    from stacker.status.value import SeriesStatus, StageStatus


@dataclass(frozen=True, slots=True)
class Clone:
    """What this clone has: `store` is `None` before anything was fetched; `text` is that of the
    stage's pull request."""

    lock: Lock
    store: ObjectStore | None
    text: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One stage: `title` as its pull request has it; `needs` and `together`, those it lands with.

    `edits` were made by hand in the series since it was written.

    `diff` is from the tree of commit `below` to that of commit `tip`, with its statistics first;
    `since` is what became of it, if that was asked for. `head` is the forge's, if it was read.
    """

    stage: StageStatus
    version: int
    title: str
    needs: tuple[StageStatus, ...]
    together: tuple[StageStatus, ...]
    edits: tuple[str, ...]
    below: Oid
    tip: Oid
    diff: bytes
    since: Since | None
    head: str | None
    threads: tuple[Place, ...] | Unread


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
    status: SeriesStatus, stage_id: StageId, clone: Clone, since: SinceWanted | None,
    seen: Seen | Unread,
) -> Review:  # fmt: skip
    """What there is to say of the stage as it was last written, and as the forge has it (`seen`).

    Raises `SeriesError` where its own change is not to be had.
    """
    line, store = _written(clone.lock, stage_id), clone.store
    own = own_change(store, line) if store is not None else None
    if store is None or own is None:
        raise SeriesError("this clone has no objects yet", hint="`stacker rebase` fetches them.")
    here = Here(store, clone.lock, line)
    block = None if isinstance(seen, Unread) else block_of(seen.pull.body)
    known: tuple[Published, ...] = ()
    if since is not None or (not isinstance(seen, Unread) and seen.threads):
        known = published(here, block.versions if block else ())
    one = status.stage(stage_id)
    return Review(
        stage=one,
        version=clone.lock.version,
        title=stage_text(clone.text, stage_id)[0],
        needs=tuple(map(status.stage, one.needs)),
        together=tuple(
            other
            for other in status.stages
            if one.group is not None and other.group == one.group and other.id != one.id
        ),
        edits=status.edits,
        below=own.below,
        tip=own.tip,
        diff=store.git.run("diff-tree", *SHOWN, own.below, own.tip),
        since=None if since is None else _since(here, known, since, seen),
        head=None if isinstance(seen, Unread) else seen.pull.head,
        threads=seen if isinstance(seen, Unread) else places(store, own.tip, seen.threads, known),
    )


def _written(lock: Lock, stage_id: StageId) -> StageLock:
    """The stage's line, if it has a change of its own."""
    line = lock.stage(stage_id)
    if line is None or line.landed or not line.trees:
        landed = line is not None and line.landed
        raise SeriesError(
            f"{stage_id} has landed and is no part of the series any more" if landed
            else f"{stage_id} has no patches yet",
            hint=f"`stacker landed {stage_id}` tells what upstream has of it." if landed
            else "`stacker import` brings some.",
        )  # fmt: skip
    return line


def _since(
    here: Here, known: Sequence[Published], since: SinceWanted, seen: Seen | Unread
) -> Since:
    match since:
        case SinceVersion(number):
            return since_version(here, number, known)
        case SinceMyReview():
            if isinstance(seen, Unread):
                hint = "`--since v1` compares with a version."
                raise ForgeError(f"your reviews were not read: {seen.why}", hint=hint)
            found = version_reviewed(seen.pull.reviews, seen.me, known)
            if isinstance(found, Whole):
                return found
            return since_version(here, found.number, known)
        case never:
            assert_never(never)
