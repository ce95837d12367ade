"""What is to be imported, as which stages, and what came of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.errors import UsageError

if TYPE_CHECKING:
    from stacker.git.objects import Oid
    from stacker.importing.assignment import Mode
    from stacker.series.patches.pieces import FileChange
    from stacker.series.patches.size import Size
    from stacker.series.plan.model import StageId

_PULL = re.compile(r"#([1-9]\d{0,8})")


@dataclass(frozen=True, slots=True)
class Range:
    """`BASE..TIP`, as the git of a clone understands both."""

    base: str
    tip: str


@dataclass(frozen=True, slots=True)
class Branch:
    """What a branch, or any name of a commit, has that upstream has not."""

    name: str


@dataclass(frozen=True, slots=True)
class Pull:
    """The same of a pull request of upstream, from whatever fork."""

    number: int


@dataclass(frozen=True, slots=True)
class Files:
    """An mbox, a patch, a folder of them, or a quilt directory."""

    path: Path


@dataclass(frozen=True, slots=True)
class Split:
    """Every stage of the plan gets what its `paths` name."""


Commits = Range | Branch | Pull
Source = Commits | Files


def source_of(what: str) -> Source:
    """What the words on the command line name; files that are there come first."""
    return Files(Path(what)) if Path(what).exists() else commits_named(what)


def commits_named(what: str) -> Commits:
    """The same where only commits are meant."""
    pull = _PULL.fullmatch(what)
    if pull is not None:
        return Pull(int(pull[1]))
    base, dots, tip = what.partition("..")
    if what.startswith("-") or tip.startswith(("-", ".")):
        raise UsageError(f"{what!r} is no range", hint="Write it as BASE..TIP.")
    return Range(base or "HEAD", tip or "HEAD") if dots else Branch(what)


@dataclass(frozen=True, slots=True)
class Imported:
    """Commits to import, oldest first; the first one stands on `base`.

    `notes` tell a person what had to be decided on the way. Of a pull request `head` is what the
    forge has as its head.
    """

    base: Oid
    commits: tuple[Oid, ...]
    notes: tuple[str, ...] = ()
    head: Oid | None = None

    @property
    def tip(self) -> Oid:
        """The last commit."""
        return self.commits[-1] if self.commits else self.base


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to import, from which clone (a default is found), and how it becomes stages.

    `mode` is asked for, by the editable list it is given, when it is `None`. `folded` makes one
    patch of all. `fetch` allows to ask upstream for its tip.
    """

    source: Source
    clone: Path | None
    mode: Mode | Split | None
    repository: str | None = None
    first_parent: bool = False
    folded: bool = False
    onto: str | None = None
    fetch: bool = True


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The stages that were added or filled, in order, and the version that has them.

    Of a branch that was split, `residue` is what no stage claims.
    """

    stages: tuple[StageId, ...]
    version: int
    base: Oid
    sizes: tuple[Size, ...]
    notes: tuple[str, ...] = ()
    residue: tuple[FileChange, ...] = ()
