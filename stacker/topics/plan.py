"""The page of `series.toml`, made of the table that its reader uses."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from stacker.series.plan.keys import KEYS, SECTIONS, Shape
from stacker.series.plan.model import Override, Plan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.series.plan.keys import Key

_HEAD = """\
series.toml is the plan of a series: people write it, stacker reads it. Six
lines are a valid plan; every key but those marked * has a default.

  [series]
  name = "win-arm32"
  [repositories.cpython]
  upstream = "python/cpython"
  [[stages]]
  id = "openssl"

`stacker status --plan` prints yours with every default written out, and
`stacker status --schema` its JSON Schema for your editor."""
_WIDTH, _INDENT = 80, 4


def plan() -> str:
    """All tables and keys, in the order in which they are written."""
    lines = [_HEAD, "", "[series]  the series itself", *_keys(Plan)]
    for name, section in SECTIONS.items():
        heading = f"[{name}.NAME]" if section.named else f"[[{name}]]"
        lines += ["", f"{heading}  {section.says}", *_keys(section.of)]
    lines += ["", "A table of OVERRIDES has, by platform:", *_keys(Override)]
    return "\n".join(lines)


def _keys(model: type[object]) -> Iterator[str]:
    for name, key in KEYS[model].items():
        yield f"  {name}{'*' if key.required else ''} = {_shape(key)}"
        indent = " " * (_INDENT + 2)
        yield from wrap(key.says, _WIDTH, initial_indent=indent, subsequent_indent=indent)


def _shape(key: Key) -> str:
    if key.choices is not None:
        return " | ".join(f'"{choice}"' for choice in key.choices)
    return _SHAPES.get(key.shape, key.shape.name)


_SHAPES = {
    Shape.TEXT: '"TEXT"', Shape.NAME: '"NAME"', Shape.COUNT: "NUMBER", Shape.NUMBER: "NUMBER",
    Shape.SWITCH: "true | false", Shape.TEXTS: '["TEXT", ...]', Shape.COMMANDS: '[["ARG", ...]]',
    Shape.DURATION: '"30m"', Shape.REASONS: '{ NAME = "WHY" }',
}  # fmt: skip
