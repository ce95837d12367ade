"""A check's commands: which placeholders they hold, and what stands in their place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PLACEHOLDER = re.compile(r"\{(platform|stage|base|jobs|python|repo:[^{}]+)\}")
# Those that say what is checked; jobs and python say only how and where.
_DECISIVE = frozenset({"stage", "base"})


def placeholders(steps: Sequence[Sequence[str]]) -> frozenset[str]:
    """The placeholders in the commands, without their braces; other braces are plain text."""
    return frozenset(
        found for step in steps for word in step for found in _PLACEHOLDER.findall(word)
    )


def decisive(steps: Sequence[Sequence[str]]) -> frozenset[str]:
    """Those placeholders in the commands on whose values the result may depend."""
    return placeholders(steps) & _DECISIVE


def repositories_named(steps: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The repositories that the commands want beside their own, as `{repo:NAME}`."""
    found = placeholders(steps)
    return tuple(sorted(name.removeprefix("repo:") for name in found if name.startswith("repo:")))


def fill(step: Sequence[str], values: Mapping[str, str]) -> tuple[str, ...]:
    """The command with each placeholder's value in its place; values are not looked into."""
    return tuple(_PLACEHOLDER.sub(lambda found: values[found[1]], word) for word in step)
