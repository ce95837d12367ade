"""SSH's way to write several byte strings one behind the other: each after its length."""

from __future__ import annotations

from base64 import b64decode

_LENGTH = 4  # bytes


def decoded(text: str) -> bytes:
    """What a base64 text stands for; raises `ValueError` with words."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        raise ValueError("is no base64: copy it whole") from None


def strings(data: bytes) -> tuple[bytes, ...]:
    """All strings of `data`; raises `ValueError` unless it is made of whole ones."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        begin = at + _LENGTH
        at = begin + int.from_bytes(data[at:begin], "big")
        if len(data) < max(begin, at):
            raise ValueError("is cut short")
        found.append(data[begin:at])
    return tuple(found)
