"""Packs pile up, one or two a command: now and then the small ones become one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stacker.git.store import ObjectStore

_MANY = 50  # packs; git looks for an object in one after the other
# A series is small beside its upstream, whose pack is left alone: no need for git's usual memory.
_MODEST = (
    ("pack.threads", "1"),
    ("pack.windowMemory", "32m"),
    ("pack.deltaCacheSize", "16m"),
    ("repack.writeBitmaps", "false"),
    ("repack.updateServerInfo", "false"),
)


def tidy(store: ObjectStore) -> None:
    """Put small packs and loose objects together once there are many packs.

    No object goes, also none that no ref reaches: a stopped rebase may come back to it. If git
    fails at it, all is as before, and the next command tries again.
    """
    if sum(1 for _ in (store.objects / "pack").glob("*.pack")) <= _MANY:
        return
    store.close()  # Windows removes no file that somebody has open
    store.git.attempt("repack", "-d", "-q", "--geometric=2", config=_MODEST)
