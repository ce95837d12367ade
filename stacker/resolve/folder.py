"""The folder in which a person solves a conflict: a worktree of the store, made for one patch."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.objects import Entry, Oid
from stacker.git.process import Git
from stacker.git.worktree import remove_tree
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.merge import Conflict, Conflicted
    from stacker.git.pick import Stopped
    from stacker.git.store import ObjectStore
    from stacker.series.compose import Halted

_MARKER = re.compile(rb"^(<{7}|\|{7}|={7}|>{7})( |$)", re.MULTILINE)
_NOTE = "conflict.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open conflict: whose patch it is, and where it is being solved.

    `laid_out` is the tree that git saw in the folder before anybody worked in it.
    """

    stage: str
    of: str
    file: str
    old: Oid
    onto: Oid
    folder: Path
    laid_out: Oid | None = None


def open_folder(store: ObjectStore, state: Path, halted: Halted) -> Opened:
    """Lay the conflict out: all of the tree, markers in the conflicted files, git's index stages.

    A folder that is open for this very conflict stays as it is; work in it is never overwritten.
    """
    stopped = halted.stopped
    opened = Opened(
        halted.stage, halted.of, halted.file, stopped.old, stopped.onto,
        state / "resolve" / halted.stage,
    )  # fmt: skip
    known = read_note(state, halted.stage)
    if known is not None and replace(known, laid_out=opened.laid_out) == opened:
        return known
    close_folder(store, opened.folder)
    opened.folder.parent.mkdir(parents=True, exist_ok=True)
    store.git.run(
        "worktree", "add", "-q", "--detach", "--no-checkout", str(opened.folder), stopped.onto
    )
    git = Git(opened.folder)
    tree = _named_sides(store, stopped)
    git.run("read-tree", "--reset", "-u", tree)
    git.run("add", "-A")
    opened = replace(opened, laid_out=Oid(git.text("write-tree")))
    git.run("update-index", "-z", "--index-info", stdin=_index_stages(stopped.conflict.conflicts))
    note = {
        "of": opened.of,
        "file": opened.file,
        "old": opened.old,
        "onto": opened.onto,
        "laid_out": opened.laid_out,
    }
    write_atomically(_note(state, halted.stage), json.dumps(note).encode())
    return opened


def read_note(state: Path, stage: str) -> Opened | None:
    """The conflict that is open for `stage`; `None` when none is."""
    folder = state / "resolve" / stage
    path = _note(state, stage)
    if not path.is_file() or not folder.is_dir():
        return None
    note = json.loads(path.read_text(encoding="utf-8"))
    old, onto, laid_out = (Oid(note[key]) for key in ("old", "onto", "laid_out"))
    return Opened(stage, note["of"], note["file"], old, onto, folder, laid_out)


def solved_tree(store: ObjectStore, opened: Opened, conflict: Conflicted) -> Oid:
    """The conflict's tree with what was done in the folder; markers left raise `SeriesError`.

    Only what differs from the folder as it was laid out is taken: a `.gitattributes` may make
    git see files as changed that nobody touched.
    """
    left = [
        c.path.decode("utf-8", "replace")
        for c in conflict.conflicts
        if (path := opened.folder / c.path.decode("utf-8", "surrogateescape")).is_file()
        and len({m[1] for m in _MARKER.finditer(path.read_bytes())}) >= 3
    ]
    if left:
        raise SeriesError(
            f"conflict markers are left in {', '.join(left)}",
            hint=f"Edit them in {opened.folder}, then run `stacker resolve --done` again.",
        )
    git = Git(opened.folder)
    git.run("add", "-A")
    now = {e.name: e for e in store.files(Oid(git.text("write-tree")))}
    before = {e.name: e for e in store.files(opened.laid_out)} if opened.laid_out else {}
    files = {e.name: e for e in store.files(conflict.tree)}
    for name in {*now, *before}:
        if name not in now:
            files.pop(name, None)
        elif now[name] != before.get(name):
            files[name] = now[name]
    return store.write_tree(files)


def close_folder(store: ObjectStore, folder: Path) -> None:
    """Remove the folder and what git knows of it."""
    _note(folder.parent.parent, folder.name).unlink(missing_ok=True)
    remove_tree(folder)
    store.git.run("worktree", "prune")


def _note(state: Path, stage: str) -> Path:
    return state / "resolve" / f"{stage}.{_NOTE}"


def _named_sides(store: ObjectStore, stopped: Stopped) -> Oid:
    """The conflict's tree with markers that say `upstream` and `mine` instead of object ids."""
    entries = {e.name: e for e in store.files(stopped.conflict.tree)}
    for conflict in stopped.conflict.conflicts:
        entry = entries.get(conflict.path)
        if entry is not None and entry.mode in ("100644", "100755"):
            blob = store.write("blob", named_markers(store.blob(entry.oid)))
            entries[conflict.path] = Entry(entry.mode, blob, conflict.path)
    return store.write_tree(entries)


def named_markers(content: bytes) -> bytes:
    """A conflicted file with markers that say `upstream`, `before` and `mine`."""
    content = re.sub(rb"^<{7} [0-9a-f]{40,64}", b"<<<<<<< upstream", content, flags=re.MULTILINE)
    content = re.sub(rb"^>{7} [0-9a-f]{40,64}", b">>>>>>> mine", content, flags=re.MULTILINE)
    return re.sub(rb"^\|{7} [0-9a-f]+", b"||||||| before", content, flags=re.MULTILINE)


def _index_stages(conflicts: tuple[Conflict, ...]) -> bytes:
    """`update-index --index-info` lines: the path leaves stage 0, its sides come in."""
    lines: list[bytes] = []
    for conflict in conflicts:
        sides = (conflict.base, conflict.upstream, conflict.mine)
        width = max((len(side.oid) for side in sides if side), default=40)
        lines.append(b"0 " + b"0" * width + b"\t" + conflict.path)
        for number, side in enumerate(sides, 1):
            if side is not None:
                lines.append(f"{side.mode} {side.oid} {number}\t".encode() + conflict.path)
    return b"".join(line + b"\0" for line in lines)
