"""Folders that people work in: worktrees of the store, what was made in one, and its end."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stacker.git.objects import REGULAR, Oid
from stacker.git.process import Git
from stacker.git.trees import changed_paths
from stacker.git.worktree import remove_tree

if TYPE_CHECKING:
    from stacker.git.objects import Entry
    from stacker.git.store import ObjectStore


# What a person has set for all repositories would else make git store other bytes than are there.
_AS_OURS = (("core.autocrlf", "false"), ("core.longPaths", "true"))


def add(store: ObjectStore, folder: Path, commit: Oid, *options: str) -> None:
    """Make a worktree at `commit`, in which the person's own git takes files as ours does."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    config = (store.git.directory / "config").read_bytes().lower()
    for key, value in _AS_OURS:
        if key.partition(".")[2].lower().encode() not in config:
            store.git.run("config", key, value)
    store.git.run("worktree", "add", "-q", "--detach", *options, str(folder), commit)


def changes_in(
    store: ObjectStore, folder: Path, laid_out: Oid, lines: bytes = b""
) -> dict[bytes, Entry | None]:
    """How the files in a worktree differ from the tree `laid_out`; new ones may be ignored.

    `lines` are put into the index before (`update-index --index-info`). Nothing in the folder or
    its own index is changed.
    """
    git = Git(folder)
    index = folder / git.text("rev-parse", "--git-path", "index")
    with TemporaryDirectory(prefix="stacker-") as private:
        ours = Path(private) / "index"
        shutil.copy2(index, ours)  # with its time, by which git knows whom it cannot trust
        places = {"GIT_INDEX_FILE": str(ours)}
        if lines:
            git.run("update-index", "-z", "--index-info", stdin=lines, env=places)
        git.run("add", "-A", "--sparse", env=places)
        now = Oid(git.run("write-tree", env=places).decode("ascii").strip())
    return {
        path: entry
        for path, entry in changed_paths(store, laid_out, now).items()
        if not _is_as_laid_out(store, folder, laid_out, path, entry)
    }


def remove(store: ObjectStore, folder: Path) -> None:
    """Remove a worktree and what git knows of it; only where one stands stays an empty folder."""
    if folder.is_dir():
        empty(folder)
    if folder.is_dir() and not _stands_in(folder):
        remove_tree(folder)
    if (store.git.directory / "worktrees").is_dir():
        store.git.run("worktree", "prune")


def empty(folder: Path, spared: Path | None = None) -> None:
    """Remove all in the folder but `spared` and the folders that this process stands in."""
    for path in folder.iterdir():
        if path == spared:
            continue
        if path.is_dir() and not path.is_symlink():
            if _stands_in(path):
                empty(path)
            else:
                remove_tree(path)
        else:
            path.unlink()


def _stands_in(folder: Path) -> bool:
    """Whether this process, and so probably the shell that started it, works inside `folder`."""
    try:
        return Path.cwd().is_relative_to(folder.resolve())
    except FileNotFoundError:  # where we stood is gone
        return False


def _is_as_laid_out(
    store: ObjectStore, folder: Path, laid_out: Oid, path: bytes, now: Entry | None
) -> bool:
    """Whether git only sees a file as changed because an attribute makes it store it otherwise."""
    before = store.entry_at(laid_out, path)
    if now is None or before is None or not {now.mode, before.mode} <= set(REGULAR):
        return False
    if now.mode != before.mode:
        return False
    name = path.decode("utf-8", "surrogateescape")
    file = folder / name
    if not file.is_file() or file.is_symlink():
        return False
    there, content = file.read_bytes(), store.blob(before.oid)
    if there == content:
        return True
    if there.replace(b"\r\n", b"\n") != content.replace(b"\r\n", b"\n"):
        return False
    return there == Git(folder).run("cat-file", "--filters", f"--path={name}", before.oid)
