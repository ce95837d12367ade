"""Commits on their way to the workers: each under a ref of its own, while its build lasts."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git import transfer

if TYPE_CHECKING:
    from collections.abc import Collection

    from stacker.bots.values import Place
    from stacker.git.process import Git

_REFS = "refs/stacker/builds"
_TIMEOUT = 300.0  # seconds


def push(store: Git, place: Place, commit: str, key: str) -> str:
    """Put the commit where workers fetch it; the ref it is under, which nobody else uses."""
    ref = f"{_REFS}/{key[:16]}-{secrets.token_hex(4)}"
    done = _push(store, place, f"{commit}:{ref}")
    if done:
        raise GitError(
            f"push to {transfer.shown_url(place.url)}: {done}",
            hint="Workers fetch commits from there: `push` in series.toml, else the fork.",
        )
    return ref


def remove(store: Git, place: Place, ref: str) -> None:
    """Remove it again; that somebody else did it, or that nobody can, is no matter."""
    _push(store, place, f":{ref}")


def sweep(store: Git, place: Place, refs: Collection[str]) -> None:
    """Remove those of `refs` that are there; nothing but what `push` made is touched."""
    offered = transfer.ask(place.url, store.directory, place.credential, f"{_REFS}/*").refs
    if left := [ref for ref in refs if ref in offered and ref.startswith(f"{_REFS}/")]:
        _push(store, place, *(f":{ref}" for ref in left))


def _push(store: Git, place: Place, *refspecs: str) -> str:
    """git's complaint; empty when it has none."""
    done = store.with_credential(place.credential).attempt(
        "push",
        "--quiet",
        "--no-verify",
        "--no-signed",
        "--",
        place.url,
        *refspecs,
        timeout=_TIMEOUT,
    )
    return "" if done.code == 0 else done.said
