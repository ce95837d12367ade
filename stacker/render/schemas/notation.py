"""JSON Schema in few words: shapes made of shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from enum import StrEnum

Shape = dict[str, object]

TEXT: Shape = {"type": "string"}
OID: Shape = {"type": "string", "pattern": "^[0-9a-f]{40}([0-9a-f]{24})?$"}
COUNT: Shape = {"type": "integer", "minimum": 0}
TIME: Shape = {"type": "integer", "description": "seconds since 1970"}
SECONDS: Shape = {"type": "number", "minimum": 0}
YES: Shape = {"type": "boolean"}


def record(given: dict[str, Shape] | None = None, /, **keys: Shape) -> Shape:
    """An object that has these keys, and perhaps more in a later version of stacker."""
    properties = {**(given or {}), **keys}
    return {"type": "object", "properties": properties, "required": list(properties)}


def also(shape: Shape, **keys: Shape) -> Shape:
    """The same, with keys that are not always there."""
    properties = shape["properties"]
    assert isinstance(properties, dict)
    return {**shape, "properties": {**properties, **keys}}


def keys_of(shape: Shape) -> dict[str, Shape]:
    """The keys of a record, for one that has them too."""
    properties = shape["properties"]
    assert isinstance(properties, dict)
    return properties


def listed(shape: Shape) -> Shape:
    """An array of them."""
    return {"type": "array", "items": shape}


def by_name(shape: Shape) -> Shape:
    """An object with names of the user's own."""
    return {"type": "object", "additionalProperties": shape}


def word(*of: type[StrEnum] | str) -> Shape:
    """One of the words of an enumeration, or of those given."""
    words: list[str] = []
    for one in of:
        words += [one] if isinstance(one, str) else list(map(str, one))
    return {"enum": words}


def maybe(shape: Shape) -> Shape:
    """It, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def either(*shapes: Shape) -> Shape:
    """One of several."""
    return {"anyOf": list(shapes)}


def says(what: str, shape: Shape) -> Shape:
    """With a word about what it is."""
    return {"description": what, **shape}
