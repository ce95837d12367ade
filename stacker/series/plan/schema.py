"""The JSON Schema of `series.toml`, made of the model, so that editors complete and check it."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.series.plan.keys import KEYS, SECTIONS, Shape
from stacker.series.plan.model import Override, Plan
from stacker.series.plan.naming import LONGEST_NAME
from stacker.series.plan.shapes import DURATION, MOST

if TYPE_CHECKING:
    from stacker.series.plan.keys import Key, Section

Schema = dict[str, object]

_TEXT: Schema = {"type": "string", "pattern": r"\S"}
_ARGV: Schema = {"type": "array", "items": {"type": "string"}, "minItems": 1}


def plan_schema() -> Schema:
    """A JSON Schema (draft 2020-12) that every good plan satisfies and that knows every key.

    What joins several keys, such as a stage that is needed but missing, only the reader finds.
    """
    sections = {name: _section(section) for name, section in SECTIONS.items()}
    series: Schema = {"description": "the series itself", **_table(Plan)}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "stacker: series.toml",
        "type": "object",
        "properties": {"series": series, **sections},
        "required": ["series", "repositories"],
        "additionalProperties": False,
    }


def _section(section: Section) -> Schema:
    table = _table(section.of)
    if not section.named:
        return {"description": section.says, "type": "array", "items": table}
    names = {"minLength": 1, "maxLength": LONGEST_NAME}
    return {
        "description": section.says,
        "type": "object",
        "propertyNames": names,
        "additionalProperties": table,
    }


def _table(model: type[object]) -> Schema:
    keys = KEYS[model]
    return {
        "type": "object",
        "properties": {
            name: {"description": key.says, **_value(key)} for name, key in keys.items()
        },
        "required": [name for name, key in keys.items() if key.required],
        "additionalProperties": False,
    }


def _value(key: Key) -> Schema:  # noqa: PLR0911, C901 - one return a shape
    match key.shape:
        case Shape.TEXT:
            return _TEXT
        case Shape.NAME:
            return {"type": "string", "minLength": 1, "maxLength": LONGEST_NAME}
        case Shape.CHOICE:
            return {"enum": [str(word) for word in key.choices or ()]}
        case Shape.COUNT:
            return {"type": "integer", "minimum": 0, "maximum": MOST}
        case Shape.NUMBER:
            return {"type": "integer", "minimum": 1, "maximum": MOST}
        case Shape.FLAG:
            return {"type": "boolean"}
        case Shape.TEXTS:
            return {"type": "array", "items": _TEXT, "uniqueItems": True}
        case Shape.COMMANDS:
            return {"anyOf": [_ARGV, {"type": "array", "items": _ARGV, "minItems": 1}]}
        case Shape.DURATION:
            return {"type": "string", "pattern": f"^(?=.){DURATION}$"}
        case Shape.REASONS:
            return {"type": "object", "additionalProperties": _TEXT}
        case Shape.OVERRIDES:
            return {"type": "object", "additionalProperties": _table(Override)}
        case _:
            assert_never(key.shape)
