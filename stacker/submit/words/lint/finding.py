"""What is found, and what it is found in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.series.plan.model import StageId
    from stacker.submit.words.presets.rules import Rules


class Level(StrEnum):
    """An error is what the project's bots or reviewers refuse; a warning is for the author."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a stage, and what to do; `rule` is one word."""

    stage: StageId
    rule: str
    level: Level
    message: str
    advice: str

    def __str__(self) -> str:
        """In one line."""
        mark = "warning: " if self.level is Level.WARNING else ""
        return f"{self.stage}: {mark}{self.message} -> {self.advice}"


@dataclass(frozen=True, slots=True)
class PatchFacts:
    """Of one patch: its file, its author's address, its message, and the paths that it leaves."""

    file: str
    email: str
    message: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One stage as the rules see it.

    `issue` is the plan's; `written` says whether there is a text at all; `seen` is what of the
    whole pull request stands in the open: without comments and what is collapsed.
    """

    stage: StageId
    rules: Rules
    sign_off: bool
    issue: str | None
    title: str
    body: str
    written: bool
    seen: str
    patches: tuple[PatchFacts, ...]
    lines: int
