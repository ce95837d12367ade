"""What a person made of a conflict, taken out of its folder; and what is not solved in it yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.objects import REGULAR, SUBMODULE
from stacker.git.opened import changes_in
from stacker.git.process import Git
from stacker.git.trees import replace_paths
from stacker.resolve.layout import aside_name
from stacker.series.resolutions import markers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stacker.git.merge import Conflict, Conflicted, Side
    from stacker.git.objects import Entry, Oid
    from stacker.git.store import ObjectStore
    from stacker.resolve.folder import Opened
    from stacker.series.resolutions.solving import Changes


@dataclass(frozen=True, slots=True)
class Found:
    """The folder as it is: the whole tree, what was changed in it, and what git calls unmerged."""

    tree: Oid
    changes: Changes
    unmerged: frozenset[bytes]


def solved_tree(store: ObjectStore, opened: Opened, conflict: Conflicted) -> Oid:
    """The tree as it is in the folder; raises `SeriesError` while something is left to do."""
    found = look(store, opened)
    left = list(left_over(store, opened, conflict, found))
    if left:
        raise SeriesError(
            "; ".join(left),
            hint=f"Edit in {opened.folder}, then run `stacker resolve --done` again.",
        )
    return found.tree


def look(store: ObjectStore, opened: Opened) -> Found:
    """What is in the folder. What was never laid out there is as it was.

    Nothing in the folder or its index is changed.
    """
    unmerged = _unmerged(Git(opened.folder))
    lines = b"".join(_submodules(store, opened, unmerged))
    changes = changes_in(store, opened.folder, opened.laid_out, lines)
    tree = replace_paths(store, opened.laid_out, changes)
    return Found(tree, changes, frozenset(unmerged))


def left_over(
    store: ObjectStore, opened: Opened, conflicted: Conflicted, found: Found
) -> Iterator[str]:
    """What is not solved, in a person's words."""
    inside = {c.path: c for c in conflicted.conflicts}
    marked = [
        f"{_shown(path)}:{line}"
        for path in sorted({*inside, *found.changes})
        if (line := _marker(store, opened, inside.get(path), path, found.tree)) is not None
    ]
    if marked:
        yield f"conflict markers are left in {', '.join(marked)}"
    for conflict in inside.values():
        shown = _shown(conflict.path)
        names = {aside_name(store, conflicted, conflict, a): a.side for a in conflict.aside}
        if _is_untouched(store, opened, conflict, _together(conflict, inside) | set(names), found):
            yield (
                f"nothing was done about {shown} ({conflict.kind}), which is as upstream has it: "
                "edit it, or `git add` it to leave it so"
            )
        for name, side in names.items():
            if name in found.unmerged and store.entry_at(found.tree, name):
                yield f"{_shown(name)} is {side}'s {shown}, set aside: move it or remove it"


def _marker(
    store: ObjectStore, opened: Opened, conflict: Conflict | None, path: bytes, tree: Oid
) -> int | None:
    """The line of the first marker that is left in a file."""
    entry = store.entry_at(tree, path)
    if entry is None or entry.mode not in REGULAR:
        return None
    content = store.blob(entry.oid)
    if conflict is not None:
        sides = (conflict.base, conflict.upstream, conflict.mine)
        return markers.leftover(content, _texts(store, sides))
    # Elsewhere a line of `=======` alone may well be meant.
    if markers.cut(content) is None:
        return None
    before = store.entry_at(opened.laid_out, path)
    return markers.leftover(content, _texts(store, (before,)))


def _together(conflict: Conflict, inside: Mapping[bytes, Conflict]) -> set[bytes]:
    """The paths of which one decision is made."""
    if conflict.kind != "rename/rename":
        return {conflict.path}
    return {c.path for c in inside.values() if c.kind == conflict.kind}


def _is_untouched(
    store: ObjectStore, opened: Opened, conflict: Conflict, together: set[bytes], found: Found
) -> bool:
    """Whether nobody did anything about the path, so that the patch's own change would be lost."""
    if conflict.upstream is None or conflict.path not in found.unmerged:
        return False
    if not together.isdisjoint(found.changes):
        return False
    there = store.entry_at(opened.laid_out, conflict.path)
    upstream = conflict.upstream
    return there is not None and (there.mode, there.oid) == (upstream.mode, upstream.oid)


def _unmerged(git: Git) -> dict[bytes, str]:
    """The unmerged paths, each with a mode that one of its sides has."""
    found: dict[bytes, str] = {}
    for line in git.run("ls-files", "-u", "-z").split(b"\0"):
        if line:
            about, _, path = line.partition(b"\t")
            found[path] = max(found.get(path, ""), about.split(b" ")[0].decode("ascii"))
    return found


def _submodules(store: ObjectStore, opened: Opened, unmerged: dict[bytes, str]) -> Iterator[bytes]:
    """Index lines for submodules in conflict: git cannot add them from their empty folders."""
    for path, mode in unmerged.items():
        folder = opened.folder / path.decode("utf-8", "surrogateescape")
        entry = store.entry_at(opened.laid_out, path)
        if mode == SUBMODULE and folder.is_dir() and entry is not None:
            yield f"{entry.mode} {entry.oid} 0\t".encode("ascii") + path + b"\0"


def _texts(store: ObjectStore, files: Iterable[Side | Entry | None]) -> list[bytes]:
    return [store.blob(f.oid) for f in files if f is not None and f.mode != SUBMODULE]


def _shown(path: bytes) -> str:
    return path.decode("utf-8", "replace")
