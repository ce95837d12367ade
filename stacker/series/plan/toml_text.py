"""TOML that somebody else may have written, as plain values: read at once, or refused."""

from __future__ import annotations

import re
import tomllib
from typing import Any

# Whatever is longer is no key of ours, and a reader of TOML would think about it for hours.
_MOST_PARTS = 100
_PART = r"(?:[A-Za-z0-9_-]+|\"[^\"]*\"|'[^']*')[ \t]*\.[ \t]*"
_DOTTED = re.compile(rf"(?<![A-Za-z0-9_-])(?:{_PART}){{{_MOST_PARTS}}}")


def loads(text: str) -> dict[str, Any]:
    """The values of a TOML text; raises `ValueError` that ends with the place, where that is known.

    What looks like a key of more than 100 parts is refused, also where it stands in a string.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if line.count(".") >= _MOST_PARTS and (found := _DOTTED.search(line)):
            raise ValueError(
                f"a key of more than {_MOST_PARTS} parts (at line {number}, "
                f"column {found.start() + 1})"
            )
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError("values are nested too deeply") from None
