"""What a box is given, and what it says on its way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.verify.request import Event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from stacker.git.store import ObjectStore
    from stacker.series.directory import SeriesDirectory
    from stacker.series.plan.model import Plan
    from stacker.series.workspace import Upstream
    from stacker.ssh.keygen import SigningKey
    from stacker.sync.home import Home
    from stacker.watch.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box: its folder, where home is, and what it shall build.

    `opened` opens its object store while no other command works there. `upstreams` are those that
    a plan of home's names, to be read by everybody. `trust` agrees to whatever commands home's
    plan has; `work` is where its lanes lie, if not in its folder; `signing` is the key that vouches
    for what it shows. `every` is in seconds, and so is what `now` says, since 1970.
    """

    directory: SeriesDirectory
    home: Home
    opened: Callable[[], AbstractContextManager[ObjectStore]]
    upstreams: Callable[[Plan], Mapping[str, Upstream]]
    host: str
    account: Account
    environment: Mapping[str, str]
    python: str
    platforms: tuple[str, ...]
    checks: tuple[str, ...]
    jobs: int
    work: Path | None = None
    trust: bool
    signing: SigningKey | None
    every: float
    now: Callable[[], int]
    stacker: str


@dataclass(frozen=True, slots=True)
class Watching:
    """Said first: whose code will run, and under which account. `name` is how others know us."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class Came:
    """Home has another version; `by` is empty when nobody is known to have made it."""

    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The plan has commands that nobody agreed to before; they run, for everything is agreed to."""

    version: int
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Waits:
    """The same, and they do not run."""

    version: int
    commands: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Nothing can be done for now; the next look tries again."""

    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Sent:
    """Home has so many more results."""

    count: int


Said = Event | Watching | Came | Changed | Waits | Trouble | Sent
