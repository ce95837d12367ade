"""How long ago something was, for people."""

from __future__ import annotations

_DAY = 86_400  # seconds


def ago(seconds: int) -> str:
    """How long ago, for people: `just now`, `12 min ago`, `3 h ago`, `9 days ago`."""
    if seconds < 60:
        return "just now"
    if seconds < 2 * 3600:
        return f"{seconds // 60} min ago"
    if seconds < 2 * _DAY:
        return f"{seconds // 3600} h ago"
    return f"{seconds // _DAY} days ago"
