"""Where a stage is edited: a worktree of the store with all files, and a note of whose it is."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import GitError, NewerFormat, SeriesError
from stacker.git.objects import Oid
from stacker.git.opened import remove
from stacker.git.process import Git
from stacker.series.directory import write_atomically
from stacker.series.plan.naming import same_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from stacker.git.store import ObjectStore

# Of the commits that git makes there; only their authors are kept.
_NOBODY = (("user.name", "stacker"), ("user.email", "stacker@localhost"))
FORMAT = 1
_LONGEST = 12  # characters of a folder's name; Windows has 260 for a whole path


@dataclass(frozen=True, slots=True)
class Opened:
    """A stage that is open: its folder, and what it was when it was opened.

    `tip` is the commit of its chain on upstream's commit `base`, `patches` how many of its commits
    are the stage's own, and `operation` the version that had them. `pulled` is the head of others
    that is put on it: of the stage's branch, or, with `adopted`, of the pull request it adopts.
    """

    stage: str
    folder: Path
    tip: Oid
    base: Oid
    patches: int
    operation: Oid
    pulled: Oid | None = None
    adopted: bool = False


def open_folder(
    store: ObjectStore, state: Path, opened: Opened, commits: Sequence[Oid] = ()
) -> None:
    """Fill the folder with the files of the tip, then note whose it is.

    `commits` are put on top by git, which stays in the middle of it where one conflicts.
    """
    remove(store, opened.folder)  # what somebody who was killed at this left
    opened.folder.parent.mkdir(parents=True, exist_ok=True)
    store.git.run("worktree", "add", "-q", "--detach", str(opened.folder), opened.tip)
    if commits:
        _cherry_pick(opened.folder, commits)
    note = {
        "stage": opened.stage,
        "tip": opened.tip,
        "base": opened.base,
        "patches": opened.patches,
        "operation": opened.operation,
        "pulled": opened.pulled,
        "adopted": opened.adopted,
    }
    write_atomically(_note(opened.folder), json.dumps(note).encode(), by_way_of=state)


def folder_for(state: Path, stage: str) -> Path:
    """A folder for `stage`, of a short name that no other open stage has."""
    taken = {same_file(opened.folder.name) for opened in all_opened(state)}
    plain = stage.replace(".", "-")  # so that no folder is called as a note
    name, number = plain[:_LONGEST], 2
    while same_file(name) in taken:
        end = str(number)
        name, number = plain[: _LONGEST - len(end)] + end, number + 1
    return state / "edit" / name


def all_opened(state: Path) -> list[Opened]:
    """All stages that are open; a note that cannot be read raises `SeriesError`."""
    return [_read(note) for note in _notes(state) if _is_there(note)]


def close_folder(store: ObjectStore, folder: Path) -> None:
    """Remove the folder; only where one stands stays an empty one."""
    _note(folder).unlink(missing_ok=True)
    remove(store, folder)


def sweep(store: ObjectStore, state: Path) -> None:
    """Remove folders of which no note tells, for who closed them was killed at it; and notes of
    folders that somebody removed."""
    for note in _notes(state):
        if not _is_there(note):
            note.unlink()
    for folder in (state / "edit").glob("*/"):
        if not _note(folder).exists():
            remove(store, folder)


def _cherry_pick(folder: Path, commits: Sequence[Oid]) -> None:
    git = Git(folder, config=_NOBODY)
    done = git.attempt("cherry-pick", "--allow-empty", "--keep-redundant-commits", *commits)
    if done.code != 0 and git.attempt("rev-parse", "-q", "--verify", "CHERRY_PICK_HEAD").code != 0:
        raise GitError(f"git cherry-pick: {done.said}")


def _read(note: Path) -> Opened:
    folder = note.with_suffix("")
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        if int(said.get("format", 1)) > FORMAT:
            raise NewerFormat(note.name, said["format"], FORMAT)
        tip, base, operation = (Oid(said[key]) for key in ("tip", "base", "operation"))
        pulled = Oid(said["pulled"]) if said.get("pulled") else None
        return Opened(
            said["stage"], folder, tip, base, int(said["patches"]), operation, pulled,
            adopted=said.get("adopted") is True,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise SeriesError(
            f"{note.name} is damaged: {exc}",
            hint=f"Take what you need out of {folder}, then remove {note} and the folder.",
        ) from exc


def _notes(state: Path) -> list[Path]:
    return sorted((state / "edit").glob("*.json"))


def _is_there(note: Path) -> bool:
    return (note.with_suffix("") / ".git").is_file()


def _note(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")
