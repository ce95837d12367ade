"""Connections: the window that a GraphQL query opens on a list."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any

from stacker.hub.call import Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.hub.call import Json

_MOST = 100


def connection(
    items: Sequence[Any],
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
) -> Json:
    """The items asked for, with `pageInfo`; cursors are places in the list, counted from 1."""
    if (first is None) == (last is None):
        raise Refusal(422, "You must provide a `first` or `last` value to properly paginate.")
    size = first if first is not None else last or 0
    if not 0 <= size <= _MOST:
        raise Refusal(422, f"`first` and `last` must be from 0 to {_MOST} records.")
    start = min(_place(after), len(items)) if after else 0
    end = max(min(_place(before) - 1, len(items)), start) if before else len(items)
    if first is not None:
        end = min(end, start + size)
    else:
        start = max(start, end - size)
    return {
        "nodes": items[start:end],
        "totalCount": len(items),
        "pageInfo": {
            "hasNextPage": end < len(items),
            "hasPreviousPage": start > 0,
            "startCursor": _cursor(start + 1) if end > start else None,
            "endCursor": _cursor(end) if end > start else None,
        },
    }


def _cursor(place: int) -> str:
    return b64encode(f"cursor:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return max(int(b64decode(cursor, validate=True).decode("ascii").removeprefix("cursor:")), 0)
    except ValueError as exc:
        raise Refusal(422, f"`{cursor}` does not appear to be a valid cursor.") from exc
