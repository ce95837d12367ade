"""What one examination found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.errors import StackerError


class Health(StrEnum):
    """Whether something works; a warning does not stop any command."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what is so, and what to do about it."""

    name: str
    health: Health
    message: str
    hint: str = ""


def ok(name: str, message: str) -> Finding:
    """Something that is as it should be."""
    return Finding(name, Health.OK, message)


def warning(name: str, message: str, hint: str = "") -> Finding:
    """Something that may get in the way."""
    return Finding(name, Health.WARNING, message, hint)


def problem(name: str, message: str, hint: str = "") -> Finding:
    """Something that stops commands."""
    return Finding(name, Health.PROBLEM, message, hint)


def failed(name: str, exc: StackerError) -> Finding:
    """A problem that a command would have met as this error."""
    return problem(name, exc.message, exc.hint)
