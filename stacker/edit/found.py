"""What somebody did in a stage's folder: the commits made there, and the files as they are now."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.errors import SeriesError
from stacker.git.history import commits_between, is_ancestor
from stacker.git.objects import REGULAR, SUBMODULE, Oid
from stacker.git.opened import changes_in
from stacker.git.process import Git
from stacker.git.trees import changed_paths, replace_paths

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stacker.edit.place import Opened
    from stacker.git.store import ObjectStore

_BEGIN = re.compile(rb"^<{7,} [^\n]+$", re.MULTILINE)
_END = re.compile(rb"^>{7,} [^\n]+$", re.MULTILINE)
# What git keeps in a worktree while it is in the middle of something, and how that is ended.
_UNDER_WAY = {
    "rebase-merge": "rebase", "rebase-apply": "rebase", "MERGE_HEAD": "merge",
    "CHERRY_PICK_HEAD": "cherry-pick", "REVERT_HEAD": "revert",
    "sequencer": "cherry-pick or revert",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """What was made on commit `start`: `commits`, oldest first, and then the files as in `tree`.

    With `amended` the first of the commits takes the place of `start`, on whose parent it stands.
    `commits` is `None` where there are merges among them: then only the tree counts.
    """

    start: Oid
    commits: tuple[Oid, ...] | None
    amended: bool
    tree: Oid


def look(store: ObjectStore, opened: Opened, now: Oid, *, whole: bool) -> Found:
    """What is in the folder, seen from the tip that was opened, or from `now`, the one that the
    stage has, where somebody brought the work there.

    As a `whole` it is only what the files differ in from then. Raises `SeriesError` where git is
    in the middle of something, or where what was made stands on neither tip.
    """
    git = _git(store, opened.folder)
    left = list(_left(git))
    if left:
        raise SeriesError("; ".join(left), hint=f"Finish that in {opened.folder}, or give it up.")
    head = _head(git)

    def found(start: Oid, commits: tuple[Oid, ...] | None, *, amended: bool = False) -> Found:
        return Found(start, commits, amended, tree_in(store, opened, start if whole else head))

    # A tip that an undo went back to is in the folder's history, but nobody brought the work there.
    starts = (opened.tip,) if is_ancestor(store, now, opened.tip) else (now, opened.tip)
    for start in starts:
        if is_ancestor(store, start, head):
            return found(start, _line(store, start, head))
    if is_ancestor(store, head, opened.tip):
        if tree_in(store, opened, head) != store.commit(head).tree:
            return found(opened.tip, ())  # `git reset` kept the files
    else:
        for start in starts if opened.patches else ():
            [parent] = store.commit(start).parents
            if is_ancestor(store, parent, head):
                return found(start, _line(store, parent, head), amended=True)
    raise SeriesError(
        f"{opened.folder} stands at {head[:12]}, which was not made on {opened.stage}",
        hint=f"Go back there: `git checkout {opened.tip[:12]}`. What was committed elsewhere can "
        "be brought along with `git cherry-pick`.",
    )


def tree_in(store: ObjectStore, opened: Opened, laid_out: Oid | None = None) -> Oid:
    """The files as they are in the folder, as a tree: that of `laid_out`, with what is changed.

    Without one it is the folder's own commit. A file with the very bytes that it has there is
    unchanged, also where an attribute makes git store it otherwise.
    """
    shown = store.commit(laid_out or _head(_git(store, opened.folder))).tree
    return replace_paths(store, shown, changes_in(store, opened.folder, shown))


def commits_on(store: ObjectStore, opened: Opened) -> tuple[Oid, ...] | None:
    """The commits made on the tip that was opened; `None` where the history is another one."""
    head = _head(_git(store, opened.folder))
    return _line(store, opened.tip, head) if is_ancestor(store, opened.tip, head) else None


def refuse_unfinished(store: ObjectStore, opened: Opened, found: Found) -> None:
    """Raise `SeriesError` for conflict markers, and for repositories inside that were not meant."""
    before = store.commit(found.start).tree
    marked, inside = list[str](), list[str]()
    for path, entry in changed_paths(store, before, found.tree).items():
        if entry is None:
            continue
        was, shown = store.entry_at(before, path), path.decode("utf-8", "replace")
        if entry.mode in REGULAR:
            old = store.blob(was.oid) if was and was.mode in REGULAR else b""
            line = _marker(store.blob(entry.oid), old)
            marked += [f"{shown}:{line}"] if line else []
        elif entry.mode == SUBMODULE and was is None and not _is_named(store, found.tree, path):
            inside.append(shown)
    if marked:
        raise SeriesError(
            f"conflict markers are left in {', '.join(marked)}",
            hint=f"Edit in {opened.folder}, then run `stacker edit --done` again.",
        )
    if inside:
        raise SeriesError(
            f"{', '.join(inside)} is a git repository of its own",
            hint="Move it out of the folder, or let .gitignore name it.",
        )


def _git(store: ObjectStore, folder: Path) -> Git:
    """git in the folder; a series directory that was moved since is found again."""
    git = Git(folder)
    if git.attempt("rev-parse", "--git-dir").code != 0:
        store.git.attempt("worktree", "repair", str(folder))
    return git


def _head(git: Git) -> Oid:
    return Oid(git.text("rev-parse", "--verify", "HEAD^{commit}"))


def _left(git: Git) -> Iterator[str]:
    """What git has not finished in the folder, in a person's words."""
    unmerged = git.run("ls-files", "-u", "-z").split(b"\0")
    paths = dict.fromkeys(line.partition(b"\t")[2] for line in unmerged if line)
    if paths:
        names = ", ".join(path.decode("utf-8", "replace") for path in paths)
        yield f"a conflict is not solved in {names}"
    for name, verb in _UNDER_WAY.items():
        if (git.directory / git.text("rev-parse", "--git-path", name)).exists():
            yield f"git is in the middle of a {verb}"
            return


def _line(store: ObjectStore, start: Oid, head: Oid) -> tuple[Oid, ...] | None:
    """The commits after `start` up to `head`; `None` if there are merges among them."""
    commits = commits_between(store, start, head)
    alone = all(len(store.commit(oid).parents) == 1 for oid in commits)
    return commits if alone else None


def _marker(content: bytes, before: bytes) -> int | None:
    """The line of the first of git's conflict markers that was not there before."""
    known = {match[0] for ends in (_BEGIN, _END) for match in ends.finditer(before)}
    begins = [match for match in _BEGIN.finditer(content) if match[0] not in known]
    ends = [match for match in _END.finditer(content) if match[0] not in known]
    return content.count(b"\n", 0, begins[0].start()) + 1 if begins and ends else None


def _is_named(store: ObjectStore, tree: Oid, path: bytes) -> bool:
    """Whether `.gitmodules` names the submodule at `path`."""
    modules = store.entry_at(tree, b".gitmodules")
    return modules is not None and path in store.blob(modules.oid)
