"""The text of `series.lock` as plain values: TOML, and quickly where stacker has written it.

A person or a merge may have made any TOML of it. The lines of stages as stacker writes them all
have one form, of which a thousand are read while a reader of TOML reads a hundred.
"""

from __future__ import annotations

import re
from typing import Any

from stacker.series.plan.toml_text import loads

_TEXT = r'"([^"\\\x00-\x1f\x7f]*)"'
_TEXTS = r'\[((?:"[^"\\\x00-\x1f\x7f]*"(?:, (?="))?)*)\]'
_LINE = re.compile(rf"{_TEXT} = \{{ (.*) \}}")
_PAIR = re.compile(rf"([a-z-]+) = (?:{_TEXT}|{_TEXTS}|(0|[1-9][0-9]*)|(true|false)), ")


def values_of(text: str) -> dict[str, Any]:
    """The values of a TOML text; raises `ValueError`."""
    head, found, lines = text.partition("\n[stages]\n")
    if found:
        try:
            return {**_values_of_head(head), "stages": _stages(lines)}
        except ValueError:
            pass  # it has another form, or is no TOML: which of them, the reader of TOML knows
    return loads(text)


def _values_of_head(head: str) -> dict[str, Any]:
    values = loads(f"{head}\n")
    if "stages" in values:
        raise ValueError("stages in two places")
    return values


def _stages(lines: str) -> dict[str, dict[str, Any]]:
    """The stages by id; raises `ValueError` unless all lines have the usual form."""
    found: dict[str, dict[str, Any]] = {}
    for line in filter(None, lines.split("\n")):
        whole = _LINE.fullmatch(line)
        if whole is None or whole[1] in found:
            raise ValueError("another form")
        found[whole[1]] = _table(f"{whole[2]}, ")
    return found


def _table(pairs: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    at = 0
    while at < len(pairs):
        pair = _PAIR.match(pairs, at)
        if pair is None or pair[1] in values:
            raise ValueError("another form")
        key, text, texts, number, truth = pair.groups()
        if text is not None:
            values[key] = text
        elif texts is not None:
            values[key] = texts[1:-1].split('", "') if texts else []
        else:
            values[key] = truth == "true" if number is None else int(number)
        at = pair.end()
    return values
