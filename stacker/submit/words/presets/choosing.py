"""Which rules a plan's preset stands for."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.series.plan.choices import Preset
from stacker.submit.words.presets.cpython import CPYTHON
from stacker.submit.words.presets.default import DEFAULT

if TYPE_CHECKING:
    from stacker.submit.words.presets.rules import Rules


def rules_of(preset: Preset) -> Rules:
    """The rules of that name."""
    match preset:
        case Preset.DEFAULT:
            return DEFAULT
        case Preset.CPYTHON:
            return CPYTHON
        case never:
            assert_never(never)
