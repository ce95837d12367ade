"""How versions are named on the command line."""

from __future__ import annotations

from stacker.errors import UsageError


def version_number(text: str) -> int:
    """The number of version `v2` (or `2`); raises `UsageError`."""
    number = text.removeprefix("v")
    if not number.isascii() or not number.isdigit():
        raise UsageError(f"{text!r} is no version", hint="Versions are written v1, v2, …")
    return int(number)
