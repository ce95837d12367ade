"""Sets of small files under a ref of home, which only grow: merged without conflict."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.objects import REGULAR, Commit, Entry
from stacker.git.pack import object_id
from stacker.git.trees import replace_paths
from stacker.series.versions.operations import contents
from stacker.series.versions.recording import author_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

    Choose = Callable[[bytes, bytes], bytes]
    """Which of two texts of one name stays; of the same two always the same one."""


class Union(NamedTuple):
    """The head of all files (`None`: there is none), those that came, and how many went."""

    head: Oid | None
    came: Mapping[str, bytes]
    sent: int


def unite(
    store: ObjectStore, theirs: Oid | None, ours: Mapping[str, bytes], choose: Choose, now: int
) -> Union:
    """All files that home has under `theirs`, and ours; `now` in seconds since 1970."""
    there = {e.name.decode("utf-8", "surrogateescape"): e for e in _files(store, theirs)}
    here = {name: object_id(store.algorithm, "blob", text) for name, text in ours.items()}
    lacking = {name: entry.oid for name, entry in there.items() if here.get(name) != entry.oid}
    came = contents(store, lacking)
    sent: dict[bytes, Entry | None] = {}
    with store.bulk():
        for name, text in ours.items():
            if name in there and name not in came:
                continue
            if name in came and choose(text, came[name]) != text:
                continue
            came.pop(name, None)
            raw = name.encode("utf-8", "surrogateescape")
            sent[raw] = Entry("100644", store.write("blob", text), raw)
        if not sent:
            return Union(theirs, came, 0)
        tree = store.commit(theirs).tree if theirs else store.write("tree", b"")
        us = author_of("", now)
        commit = Commit(
            replace_paths(store, tree, sent), (theirs,) if theirs else (), us, us,
            f"{len(sent)} more\n".encode(),
        )  # fmt: skip
        return Union(store.write_commit(commit), came, len(sent))


def _files(store: ObjectStore, head: Oid | None) -> list[Entry]:
    """What is a file of its own; else links would be read, and what other repositories have."""
    found = store.files(store.commit(head).tree) if head else ()
    return [entry for entry in found if entry.mode in REGULAR]
