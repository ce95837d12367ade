"""What is to be exported, in which form, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.objects import Oid
    from stacker.series.plan.model import StageId


@dataclass(frozen=True, slots=True)
class Mbox:
    """One file with all patches as mails, for `git am`."""

    file: Path


@dataclass(frozen=True, slots=True)
class PatchFolder:
    """A folder of numbered patch files, for `git am`."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Quilt:
    """A folder of patch files and a `series` file that gives their order, for quilt (`-p1`)."""

    folder: Path


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch in a clone: one commit a patch, on the base."""

    name: str
    clone: Path


Target = Mbox | PatchFolder | Quilt | Branch


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """`stages` with all that they need are exported, all of them if none is named.

    `force` allows to replace what an earlier export made at the target.
    """

    stages: tuple[str, ...]
    target: Target
    force: bool = False


@dataclass(frozen=True, slots=True)
class LinePatch:
    """A patch in its place in the line; `file` is its name where each patch is a file."""

    stage: StageId
    file: str
    subject: str
    commit: Oid


@dataclass(frozen=True, slots=True)
class Line:
    """Stages of one repository, in plan order, as one line of commits on its base."""

    repository: str
    base: Oid
    stages: tuple[StageId, ...]
    patches: tuple[LinePatch, ...]

    @property
    def tip(self) -> Oid:
        """The last commit."""
        return self.patches[-1].commit if self.patches else self.base


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stage that is not in the export, though none was named, and why."""

    stage: StageId
    because: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something about one patch that the form cannot carry, or not for every reader of it."""

    patch: LinePatch
    what: str


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported where. `options` are those that `git am` needs for these patches."""

    target: Target
    line: Line
    tree: Oid
    left_out: tuple[LeftOut, ...]
    notes: tuple[Note, ...]
    options: tuple[str, ...]
