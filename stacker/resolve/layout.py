"""How a conflict looks to the person who solves it: the files shown, and git's index stages."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.objects import Entry
from stacker.git.trees import replace_paths
from stacker.series.resolutions.solving import with_hunks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from stacker.git.merge import Aside, Conflict, Conflicted, Side
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.series.resolutions.solving import Changes, Known

# Files of the folders above that git and editors go by.
_RULES = (b".gitattributes", b".gitignore", b".editorconfig")


@dataclass(frozen=True, slots=True)
class Layout:
    """`tree` is what is shown; what is remembered is in it already, the rest has markers.

    `stages` is for `update-index -z --index-info`, `shown` for `sparse-checkout set --no-cone`.
    """

    tree: Oid
    stages: bytes
    shown: bytes


def layout(store: ObjectStore, conflicted: Conflicted, known: Known) -> Layout:
    """Markers that say `upstream` and `mine`, files set aside under names that say it too."""
    changes: Changes = dict(known.changes)
    stages: list[bytes] = []
    for conflict in known.open:
        there = store.entry_at(conflicted.tree, conflict.path)
        content = with_hunks(store, conflicted, conflict)
        if there is not None and content is not None:
            blob = store.write("blob", content)
            changes[conflict.path] = Entry(there.mode, blob, there.name)
        for aside in conflict.aside:
            changes[aside.path] = None
            name = aside_name(store, conflicted, conflict, aside)
            changes[name] = store.entry_at(conflicted.tree, aside.path)
        stages += _stages(store, conflicted, conflict)
    tree = replace_paths(store, conflicted.tree, changes)
    shown = [c.path for c in conflicted.conflicts]
    return Layout(tree, b"".join(stages), b"".join(patterns(shown, changes)))


def aside_name(
    store: ObjectStore, conflicted: Conflicted, conflict: Conflict, aside: Aside
) -> bytes:
    """`path~mine`, where git has named the file after a commit."""
    name = conflict.path + b"~" + aside.side.encode("ascii")
    return aside.path if store.entry_at(conflicted.tree, name) else name


def patterns(conflicts: Iterable[bytes], others: Iterable[bytes]) -> Iterator[bytes]:
    """Lines that show the folders of conflicted paths, what lies in them but nothing deeper.

    And single files elsewhere, and what holds for all of them in the folders above.
    """
    folders = {folder for path in conflicts for folder in (_folder(path), path)}
    files = {rule for folder in folders for rule in _rules(folder)} | set(others)
    for folder in sorted(folders):
        inside = b"/" + _escaped(folder) + b"/*" if folder else b"/*"
        yield from (inside + b"\n", b"!" + inside + b"/\n")
    for file in sorted(files):
        yield b"/" + _escaped(file) + b"\n"


def _folder(path: bytes) -> bytes:
    return path.rpartition(b"/")[0]


def _rules(folder: bytes) -> Iterator[bytes]:
    while folder:
        folder = _folder(folder)
        yield from (folder + b"/" + rule if folder else rule for rule in _RULES)


def _escaped(path: bytes) -> bytes:
    """A path as a pattern: what means something there, or cannot stand there, is any character."""
    return re.sub(rb"[^\w./+~-]", b"?", path)


def _stages(store: ObjectStore, conflicted: Conflicted, conflict: Conflict) -> Iterator[bytes]:
    """Each path leaves stage 0, and its sides come in."""
    names = {a.side: aside_name(store, conflicted, conflict, a) for a in conflict.aside}
    upstream, mine = (names.get(side, conflict.path) for side in ("upstream", "mine"))
    base = conflict.path
    for path, side in ((upstream, conflict.upstream), (mine, conflict.mine)):
        if side and conflict.base and side.mode[:3] == conflict.base.mode[:3]:
            base = path  # beside the one that is still what it was: a file, a link
    sides = ((base, conflict.base), (upstream, conflict.upstream), (mine, conflict.mine))
    width = len(conflicted.tree)
    for path in dict.fromkeys(path for path, side in sides if side):
        yield b"0 " + b"0" * width + b"\t" + path + b"\0"
    for number, (path, side) in enumerate(sides, 1):
        if side is not None:
            yield _stage(path, side, number)


def _stage(path: bytes, side: Side, number: int) -> bytes:
    return f"{side.mode} {side.oid} {number}\t".encode("ascii") + path + b"\0"
