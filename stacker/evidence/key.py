"""What a result is about: a digest of all that decides whether a check passes."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SCHEMA = 2
"""Counts up when what goes into a key changes; evidence under older keys no longer holds."""


def evidence_parts(
    *,
    tree: str,
    steps: Sequence[Sequence[str]],
    platform: str,
    values: Mapping[str, str],
    environment: Mapping[str, str],
    repositories: Mapping[str, str],
    toolchain: str = "",
    passes: str = "1 of 1",
    results: tuple[str, Sequence[str]] | None = None,
    carried: Mapping[str, str] | None = None,
    submodules: bool = False,
) -> dict[str, str]:
    """All that a key is made of, by name, so that two keys can be compared.

    `tree` is the id of the tree that was checked (or the digest of those of its files that
    matter); submodules are in it by their commits. `steps` are the commands as the plan writes
    them, placeholders unfilled; `values` are the placeholders in them that say what is checked,
    not where; `environment` holds the variables that the check was given on purpose;
    `repositories` the trees of other repositories beside it, by name; `toolchain` is the digest
    of what the toolchain says of itself; `passes` how many attempts had to pass; `results` the file
    of test results and the globs of the skips that pass; `carried` the digests of what is copied to
    the check from outside of git; `submodules` whether those were there. Commands and variables
    are there by their digests alone: parts are shared, and variables may be private.
    """
    return {
        "schema": str(SCHEMA),
        "tree": tree,
        "run": _digest([list(step) for step in steps]),
        "platform": platform,
        "toolchain": toolchain,
        "passes": passes,
        **({"submodules": "there"} if submodules else {}),
        **({"results": _digest(results)} if results else {}),
        **{f"values.{name}": value for name, value in values.items()},
        **{f"environment.{name}": _digest(value) for name, value in environment.items()},
        **{f"repositories.{name}": value for name, value in repositories.items()},
        **{f"carry.{name}": value for name, value in (carried or {}).items()},
    }


def evidence_key(parts: Mapping[str, str]) -> str:
    """The key, 64 hex digits."""
    return _digest(dict(parts))


def differing(one: Mapping[str, str], other: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the parts in which two keys differ, in order.

    Of a result whose parts were not recorded only the schema is known to differ.
    """
    if not (one and other) or one["schema"] != other["schema"]:
        return ("schema",)
    names = dict.fromkeys([*one, *other])
    return tuple(name for name in names if one.get(name) != other.get(name))


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()
