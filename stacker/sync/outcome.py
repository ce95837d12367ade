"""What a sync came to, in values. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.rebase.outcome import RebaseResult


class State(StrEnum):
    """How this clone and home came together."""

    IN_STEP = "in-step"  # both had the same versions
    SENT = "sent"  # home has ours now
    TAKEN = "taken"  # we have home's now
    MERGED = "merged"  # both had gone on; what they did is one version now
    STOPPED = "stopped"  # the same, and a stage does not go with it: `resolve`, then sync again


class Clash(NamedTuple):
    """Both sides changed the same thing: a patch (`stage` and `file`) or another of the files.

    Home's stayed, or, where home took it out, ours; `said` tells which in words.
    """

    stage: str | None
    file: str
    said: str

    @property
    def place(self) -> str:
        """Where it is, as people are told."""
        return f"{self.stage}/{self.file}" if self.stage else self.file


@dataclass(frozen=True, slots=True)
class Count:
    """How many records went to home, and how many came from there."""

    sent: int = 0
    taken: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """The whole of it.

    `edits` says what had been edited by hand. `steps` counts versions and what else the history of
    a series has; `renumbered` has the new number of each of our versions whose number home had
    given; `ours` is the version that has our side of every clash. `stopped` tells of the stages
    where `state` is *stopped*. `upstreams` are the tips by repository.
    """

    home: str
    state: State
    version: int
    steps: Count
    evidence: Count
    landings: Count
    renumbered: Mapping[int, int]
    clashes: tuple[Clash, ...] = ()
    ours: int | None = None
    stopped: RebaseResult | None = None
    upstreams: Mapping[str, str] = field(default_factory=dict)
    edits: tuple[str, ...] = ()
