"""The folder in which a person solves a conflict: a sparse worktree of the store, for one patch."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import NewerFormat, SeriesError
from stacker.git.objects import Oid
from stacker.git.opened import empty, remove
from stacker.git.process import Git
from stacker.resolve.layout import layout
from stacker.series.directory import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.store import ObjectStore
    from stacker.series.compose import Halted
    from stacker.series.resolutions.solving import Known

FORMAT = 1
_NOTE = "conflict.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """An open conflict: whose patch it is, and where it is being solved.

    Commit `old` is being put on `onto`; `laid_out` is the tree as the folder showed it at first.
    """

    stage: str
    of: str
    file: str
    old: Oid
    onto: Oid
    folder: Path
    laid_out: Oid


def open_folder(
    store: ObjectStore, state: Path, halted: Halted, known: Known, *, full: bool = False
) -> Opened:
    """Lay the conflict out: the conflicted files and their folders, or with `full` all there is.

    A folder that is open for this very conflict stays as it is; work in it is never overwritten.
    """
    found = read_note(state, halted.stage)
    stopped = halted.stopped
    if found is not None and (found.of, found.file, found.old, found.onto) == (
        halted.of, halted.file, stopped.old, stopped.onto,
    ):  # fmt: skip
        if full:
            Git(found.folder).run("sparse-checkout", "disable")
        return found
    plan = layout(store, stopped.conflict, known)
    folder = state / "resolve" / halted.stage
    git = _blank(store, folder, stopped.onto)
    if full:
        git.run("sparse-checkout", "disable")
    else:
        git.run("sparse-checkout", "set", "--no-cone", "--stdin", stdin=plan.shown)
    git.run("read-tree", "--reset", "-u", plan.tree)
    git.run("update-index", "-z", "--index-info", stdin=plan.stages)
    opened = Opened(
        halted.stage, halted.of, halted.file, stopped.old, stopped.onto, folder, plan.tree
    )
    note = {
        "of": opened.of,
        "file": opened.file,
        "old": opened.old,
        "onto": opened.onto,
        "laid_out": opened.laid_out,
    }
    write_atomically(_note(state, halted.stage), json.dumps(note).encode(), by_way_of=state)
    return opened


def read_note(state: Path, stage: str) -> Opened | None:
    """The conflict that is open for `stage`; `None` when none is."""
    folder = state / "resolve" / stage
    path = _note(state, stage)
    if not path.is_file() or not (folder / ".git").is_file():
        return None
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
        if int(note.get("format", 1)) > FORMAT:
            raise NewerFormat(path.name, note["format"], FORMAT)
        old, onto, laid_out = (Oid(note[key]) for key in ("old", "onto", "laid_out"))
        return Opened(stage, note["of"], note["file"], old, onto, folder, laid_out)
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise SeriesError(
            f"{path.name} is damaged: {exc}",
            hint=f"Remove {path}; `stacker resolve` then lays the conflict out again.",
        ) from exc


def close_folder(store: ObjectStore, folder: Path) -> None:
    """Remove the folder and what git knows of it; only where one stands stays an empty folder."""
    _note(folder.parent.parent, folder.name).unlink(missing_ok=True)
    remove(store, folder)


def sweep(store: ObjectStore, state: Path) -> None:
    """Remove the folders of which no note tells: who closed them was killed at it."""
    for folder in (state / "resolve").glob("*/"):
        if not _note(state, folder.name).exists():
            close_folder(store, folder)


def _blank(store: ObjectStore, folder: Path, onto: Oid) -> Git:
    """An empty worktree at commit `onto`; whoever stands in its folder keeps standing there."""
    _note(folder.parent.parent, folder.name).unlink(missing_ok=True)
    git = Git(folder)
    if not (folder / ".git").is_file() or git.attempt("rev-parse", "--git-dir").code != 0:
        close_folder(store, folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        store.git.run("worktree", "add", "-q", "--detach", "--no-checkout", str(folder), onto)
        return git
    empty(folder, spared=folder / ".git")
    git.run("read-tree", "--empty")
    git.run("update-ref", "--no-deref", "HEAD", onto)
    return git


def _note(state: Path, stage: str) -> Path:
    return state / "resolve" / f"{stage}.{_NOTE}"
