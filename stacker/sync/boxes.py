"""Signs of life of boxes: under a ref of home each, which only its owner moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.boxes import known, sign
from stacker.boxes.known import Known
from stacker.errors import StackerError
from stacker.git.objects import REGULAR, Commit, Entry
from stacker.series.versions.recording import author_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stacker.boxes.sign import Sign
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_FILE = b"sign.json"


def take(state: Path, store: ObjectStore, there: Mapping[str, Oid], now: int) -> None:
    """Remember what the boxes say; `now`, when home was read, is in seconds since 1970."""
    known.write(state, Known(now, tuple(_signs(store, there))))


def write(store: ObjectStore, one: Sign) -> Oid:
    """A sign as a commit of its own. It follows no other: what a box said before is of no use."""
    us = author_of(one.box, one.at)
    with store.bulk():
        blob = store.write("blob", sign.text_of(one))
        tree = store.write_tree({_FILE: Entry("100644", blob, _FILE)})
        return store.write_commit(Commit(tree, (), us, us, f"{one.doing}\n".encode()))


def _signs(store: ObjectStore, there: Mapping[str, Oid]) -> Iterator[Sign]:
    for box, oid in there.items():
        try:
            entry = store.entry_at(oid, _FILE)
            if entry is None or entry.mode not in REGULAR:
                continue
            if store.sizes([entry.oid])[entry.oid] > sign.LONGEST:
                continue
            one = sign.read(box, store.blob(entry.oid))
        except (StackerError, ValueError, IndexError):  # no tree, or no blob: it says nothing
            continue
        if one is not None:
            yield one
