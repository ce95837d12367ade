"""What `log` tells: each step in the life of the series, and how two versions differ."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid
    from stacker.series.lock import Lock, StageLock
    from stacker.series.plan.model import StageId
    from stacker.series.versions.operations import Operation


class How(StrEnum):
    """What became of a stage from one version to another.

    `MOVED` is proved: the old patches, replayed on what the stage stands on now, give the new
    ones, tree by tree. `UNKNOWN` says that this store lacks the commits that would tell.
    """

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    RENAMED = "renamed"
    LANDED = "landed"
    BACK = "back"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Pair:
    """A stage in two versions; `None` where one does not have it."""

    old: StageLock | None
    new: StageLock | None

    @property
    def stage(self) -> StageId:
        """Its newest id."""
        line = self.new or self.old
        assert line is not None
        return line.stage


@dataclass(frozen=True, slots=True)
class StageChange:
    """What became of one stage.

    `moved_by` has `upstream`, and the stages below that moved it, if its own change is the same;
    `was` its id before; `landing` the upstream commit that has it.
    """

    stage: StageId
    how: How
    moved_by: tuple[str, ...] = ()
    was: StageId | None = None
    landing: Oid | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One step: what was done, and what the version is that it left.

    `edited` names the files, if all that it did was to keep what was edited by hand; what that
    changed is told by the step after it. `patch_ids` are by the names of patch files, and there
    only if asked for.
    """

    operation: Operation
    lock: Lock
    changes: tuple[StageChange, ...]
    edited: tuple[str, ...]
    patch_ids: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Fits:
    """The old patches go onto what the stage stands on now.

    `tree` is the tree after the last; `same` says that each gives the tree, and has the message
    and author, of the new patch in its place.
    """

    tree: Oid
    same: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """They do not: the old patch with that subject conflicts in `paths`."""

    subject: str
    paths: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """Commits of one of the versions are not in the store."""


Replayed = Fits | Clash | Missing


@dataclass(frozen=True, slots=True)
class StageDiff:
    """How one stage differs in two versions.

    `interdiff` leads from the old patches, replayed where the stage stands now, to the new ones:
    what people changed, without what upstream moved. It is `None` if there is no such replay;
    `clash` then says where it stopped, if it was tried.
    """

    change: StageChange
    range_diff: bytes
    interdiff: bytes | None
    clash: Clash | None


@dataclass(frozen=True, slots=True)
class VersionDiff:
    """How two versions differ, stage by stage in plan order; bases by repository."""

    old: Operation
    new: Operation
    old_bases: Mapping[str, Oid]
    new_bases: Mapping[str, Oid]
    stages: tuple[StageDiff, ...]
