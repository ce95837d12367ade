"""How projects want what lands, a value for each preset. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from stacker.series.plan.choices import Preset


class Commits(StrEnum):
    """What our own push makes of a stage: its patches as they are, or one commit."""

    PATCH = "patch"
    STAGE = "stage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """`reference` is put before the number of a pull request in titles; `closes` lets the message
    close the forge's issues."""

    reference: str = "#"
    closes: bool = True
    commits: Commits = Commits.PATCH


DEFAULT = Habits()
CPYTHON = Habits(
    reference="GH-",
    closes=False,  # an issue is closed by people, once all its backports are in
    commits=Commits.STAGE,  # a pull request is a commit there
)


def habits_of(preset: Preset) -> Habits:
    """Those of a repository with that preset."""
    match preset:
        case Preset.DEFAULT:
            return DEFAULT
        case Preset.CPYTHON:
            return CPYTHON
        case never:
            assert_never(never)
