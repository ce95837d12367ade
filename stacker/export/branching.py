"""A branch in somebody's clone: a new ref and the objects it needs; nothing else changes there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import GitError, UsageError
from stacker.git import nearby, transfer
from stacker.git.process import Git

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.export.value import Branch
    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told


def require_branch(target: Branch, *, force: bool) -> None:
    """Raise `UsageError` unless the branch may be made, or with `force` moved, in the clone."""
    git = _git(target.clone)
    if git.attempt("rev-parse", "--git-dir").code != 0:
        raise UsageError(f"{str(target.clone)!r} is no clone", hint="Name its top folder.")
    ref = f"refs/heads/{target.name}"
    valid = git.attempt("check-ref-format", ref).code == 0
    if not valid or target.name.startswith("-") or target.name == "HEAD":
        raise UsageError(f"{target.name!r} is no name for a branch")
    if ref in _checked_out(git):
        raise UsageError(
            f"{target.name} is checked out in {str(target.clone)!r}",
            hint="Name another branch; nobody's files are changed under his hands.",
        )
    if nearby.ref(target.clone, ref) is not None and not force:
        raise UsageError(
            f"{str(target.clone)!r} has a branch {target.name} already",
            hint="Name another one, or move that one with --force.",
        )


def put_branch(
    store: ObjectStore, target: Branch, tip: Oid, *, force: bool, told: Told | None
) -> None:
    """Bring `tip` into the clone and set the branch to it."""
    git = _git(target.clone)
    transfer.fetch(git, str(store.git.directory.resolve()), [tip], told=told)
    how = ("--force",) if force else ()
    done = git.attempt("branch", "--no-track", *how, target.name, tip)
    if done.code != 0:  # a rebase or bisect of the user's is on that branch, say
        raise GitError(f"git branch: {done.said}", hint="Name another branch.")


def _git(clone: Path) -> Git:
    if not clone.is_dir():
        raise UsageError(f"there is no folder {str(clone)!r}")
    # A repository around the folder is not the one that was named.
    return Git(clone, env={"GIT_CEILING_DIRECTORIES": str(clone.resolve().parent)})


def _checked_out(git: Git) -> frozenset[str]:
    """The branches that the clone, and worktrees of it, stand on; those not born yet too."""
    out = git.run("worktree", "list", "--porcelain").decode("utf-8", "surrogateescape")
    lines = (line.partition(" ") for line in out.splitlines())
    return frozenset(name for word, _, name in lines if word == "branch")
