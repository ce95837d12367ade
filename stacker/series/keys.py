"""How a field of the model is written in `series.toml`: the one table for reader and schema."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum, StrEnum, auto
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Shape(Enum):
    """What the TOML value of a key looks like."""

    TEXT = auto()  # one line, not empty
    NAME = auto()  # a text that is also a valid ref component and file name
    CHOICE = auto()  # one word of `Key.choices`
    COUNT = auto()  # a whole number, 0 or more
    NUMBER = auto()  # a whole number, 1 or more: the number of a pull request
    TEXTS = auto()  # an array of different texts
    COMMANDS = auto()  # one argv, or an array of argvs
    DURATION = auto()  # "90s", "30m", "2h", "1h30m"
    REASONS = auto()  # a table of texts


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a TOML table: its shape, what it says to a person, whether it must be there."""

    shape: Shape
    says: str
    required: bool = False
    choices: type[StrEnum] | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A top-level part of the plan: a table of named tables, or an array of tables."""

    of: type[Any]
    says: str
    named: bool


def key(
    shape: Shape,
    says: str,
    *,
    required: bool = False,
    choices: type[StrEnum] | None = None,
) -> Mapping[str, Key]:
    """Metadata for a dataclass field that is written as a key of the same name."""
    return {"key": Key(shape, says, required, choices)}


def section(of: type[Any], says: str, *, named: bool) -> Mapping[str, Section]:
    """Metadata for a field of the plan that is a section of the same name."""
    return {"section": Section(of, says, named)}


def keys_of(model: type[Any]) -> dict[str, Key]:
    """The keys that the table of a model class may have, in the order of its fields."""
    return {f.name: f.metadata["key"] for f in fields(model) if "key" in f.metadata}


def sections_of(model: type[Any]) -> Iterator[tuple[str, Section]]:
    """The sections of the plan's model class, by name, in the order of its fields."""
    for f in fields(model):
        if "section" in f.metadata:
            yield f.name, f.metadata["section"]
