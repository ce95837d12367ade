"""What `land` is asked, and what it works with."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from stacker.bots.values import Access
    from stacker.git.transfer import Told
    from stacker.land.gather import LandForge
    from stacker.series.workspace import Workspace
    from stacker.submit.place import Place
    from stacker.verify.request import Event


class Ending(Enum):
    """What is to become of landings that were begun."""

    RESUME = auto()
    ABORT = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class LandRequest:
    """A stage or a group, or with `revert` a landing to take back.

    `environment`, `python` and `access` are for the checks, of which at most `jobs` run at once
    here, in lanes below `work` if that is given. `take_over` breaks the lock of somebody's dead
    landing; `rest` lands what is left of a group of which some were merged alone, `again` what
    upstream took back; `use_bypass` passes over rules that admins may pass over.
    With `ending` nothing new is begun: what was begun is settled, or given up.
    """

    stage: str | None = None
    group: str | None = None
    revert: str | None = None
    take_over: bool = False
    rest: bool = False
    again: bool = False
    use_bypass: bool = False
    ending: Ending | None = None
    dry_run: bool = False
    environment: Mapping[str, str]
    python: str
    jobs: int = 1
    work: Path | None = None
    access: Mapping[str, Access] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hands:
    """What a landing works with: the series, the forge, where branches go, who hears of it.

    `building` gives, while checks run, who hears of these.
    """

    work: Workspace
    forge: LandForge
    place: Callable[[str], Place]
    building: Callable[[], AbstractContextManager[Callable[[Event], None]]]
    told: Told | None = None
