"""Every `--json` document that a test sees is what `stacker schema` says, with no key besides."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from stacker.cli.context import options_from
from stacker.render.schemas.documents import NAMES, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence


def check(arguments: Sequence[str], out: str) -> None:
    """Fail if what a command line printed is another document than its schema has."""
    options, words = options_from(arguments)
    if not options.json_only or not out or "--help" in words:
        return
    document = json.loads(out)
    name = "error" if "error" in document else next(iter(words), "status")
    wrong = best_match(_validator(name).iter_errors(document)) if name in NAMES else None
    assert wrong is None, f"{name}: {wrong.json_path}: {wrong.message[:600]}"


@cache
def _validator(name: str) -> Any:
    schema = _strict(schema_of(name))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _strict(shape: Any) -> Any:
    """The same without the room that is kept for keys of later versions."""
    if isinstance(shape, list):
        return [_strict(one) for one in shape]
    if not isinstance(shape, dict):
        return shape
    inner = {key: _strict(value) for key, value in shape.items()}
    return (
        {"additionalProperties": False, **inner}
        if "required" in shape and "properties" in shape
        else inner
    )
