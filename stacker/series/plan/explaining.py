"""The plan as understood: `series.toml` again, with every default written out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import tomlkit

from stacker.series.plan.keys import KEYS, SECTIONS, Shape
from stacker.series.plan.model import Override

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.series.plan.keys import Key
    from stacker.series.plan.model import Plan


def explain_plan(plan: Plan) -> str:
    """The plan as TOML in which nothing is left to defaults; reading it gives an equal plan.

    What is not set and has no value of its own stands there as a comment.
    """
    blocks = ["\n".join(["[series]", *_lines(plan)])]
    for name, section in SECTIONS.items():
        for value in getattr(plan, name):
            header = f"[{name}.{toml_key(value.name)}]" if section.named else f"[[{name}]]"
            blocks.append("\n".join([header, *_lines(value)]))
    return "\n\n".join(blocks) + "\n"


def toml_key(name: str) -> str:
    """A name as the key of a TOML table, quoted where it must be."""
    return tomlkit.key(name).as_string()


def toml_value(value: object) -> str:
    """A text, number, or array of these, as TOML on one line."""
    return tomlkit.item(value).as_string()


def _lines(model: object) -> Iterator[str]:
    for name, key in KEYS[type(model)].items():
        value = getattr(model, name)
        yield f"# {name}: {key.says}" if value is None else f"{name} = {_written(key, value)}"


def _written(key: Key, value: Any) -> str:  # noqa: ANN401 - the shape says which type
    if key.shape is Shape.DURATION:
        return toml_value(_duration(round(value)))
    if key.shape is Shape.CHOICE:
        return toml_value(str(value))
    if key.shape is Shape.OVERRIDES:
        tables = [f"{toml_key(name)} = {_inline(table)}" for name, table in value.items()]
        return f"{{ {', '.join(tables)} }}" if tables else "{}"
    if isinstance(value, Mapping):
        pairs = [f"{toml_key(name)} = {toml_value(reason)}" for name, reason in value.items()]
        return f"{{ {', '.join(pairs)} }}" if pairs else "{}"
    if key.shape is Shape.COMMANDS:
        return f"[{', '.join(toml_value(list(argv)) for argv in value)}]"
    return toml_value(list(value) if isinstance(value, tuple) else value)


def _inline(table: Override) -> str:
    given = {name: value for name, value in table._asdict().items() if value is not None}
    pairs = [f"{name} = {_written(KEYS[Override][name], v)}" for name, v in given.items()]
    return f"{{ {', '.join(pairs)} }}" if pairs else "{}"


def _duration(seconds: int) -> str:
    for unit, length in (("h", 3600), ("m", 60)):
        if seconds % length == 0 and seconds // length <= 9999:
            return f"{seconds // length}{unit}"
    return f"{seconds}s"
