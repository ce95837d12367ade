"""A tree with a few paths changed: only the folders on the way to them are read and written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.changes import changes_between
from stacker.git.objects import Entry, Oid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.store import ObjectStore

_FOLDER = "040000"


def replace_paths(store: ObjectStore, tree: Oid, changes: Mapping[bytes, Entry | None]) -> Oid:
    """`tree` with other entries at some paths; `None` takes away what is there, a folder whole.

    What is put wins: over a file that stands where its folder has to be, and over the folder that
    stands at its own path. A folder that comes to be empty goes too.
    """
    return _written(store, _replaced(store, tree, changes))


def changed_paths(store: ObjectStore, old: Oid, new: Oid) -> dict[bytes, Entry | None]:
    """The files in which `new` differs from `old`: what it has there, `None` where nothing."""
    changes = changes_between(store.git, old, new)
    return {c.path: Entry(c.after.mode, c.after.oid, c.path) if c.after else None for c in changes}


def _replaced(
    store: ObjectStore, tree: Oid | None, changes: Mapping[bytes, Entry | None]
) -> dict[bytes, Entry]:
    here = {entry.name: entry for entry in store.tree(tree)} if tree else {}
    deeper: dict[bytes, dict[bytes, Entry | None]] = {}
    for path, entry in changes.items():
        name, slash, rest = path.partition(b"/")
        if slash:
            deeper.setdefault(name, {})[rest] = entry
        elif entry is None:
            here.pop(name, None)
        else:
            here[name] = Entry(entry.mode, entry.oid, name)
    for name, below in deeper.items():
        at = here.get(name)
        is_folder = at is not None and at.mode == _FOLDER
        if at is not None and not is_folder and not any(below.values()):
            continue  # nothing is put below it, and there is nothing to take away
        folder = _replaced(store, at.oid if at is not None and is_folder else None, below)
        here.pop(name, None)
        if folder:
            here[name] = Entry(_FOLDER, _written(store, folder), name)
    return here


def _written(store: ObjectStore, folder: Mapping[bytes, Entry]) -> Oid:
    # git sorts a folder as if its name ended in a slash.
    names = sorted(folder, key=lambda n: n + b"/" if folder[n].mode == _FOLDER else n)
    parts = (
        b"%s %s\0%s" % (folder[n].mode.lstrip("0").encode(), n, bytes.fromhex(folder[n].oid))
        for n in names
    )
    return store.write("tree", b"".join(parts))
