"""What a result is about: a digest of all that decides whether a check passes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = 1
"""Counts up when what goes into a key changes; evidence under older keys no longer holds."""


def evidence_key(
    *,
    tree: str,
    steps: Sequence[Sequence[str]],
    platform: str,
    values: Mapping[str, str],
    environment: Mapping[str, str],
    repositories: Mapping[str, str],
) -> str:
    """The key, 64 hex digits.

    `tree` is the id of the tree that was checked (or the digest of those of its files that
    matter); `steps` are the commands as the plan writes them, placeholders unfilled; `values` are
    the placeholders in them that say what is checked, not where; `environment` holds the
    variables that the check was given on purpose; `repositories` the trees of other repositories
    beside it, by name.
    """
    parts = {
        "schema": SCHEMA,
        "tree": tree,
        "steps": [list(step) for step in steps],
        "platform": platform,
        "values": dict(values),
        "environment": dict(environment),
        "repositories": dict(repositories),
    }
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
