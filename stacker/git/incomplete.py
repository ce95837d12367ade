"""Clones that do not have everything: a shallow one lacks history, a partial one lacks files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git import partial
from stacker.git.process import Git

if TYPE_CHECKING:
    from pathlib import Path


class Incomplete(GitError):
    """A clone does not have what was wanted of it."""


def reason(folder: Path) -> Incomplete | None:
    """Why the clone in `folder` could not give something; `None` when it has all that it should.

    To be asked when it failed: a clone that lacks something mostly has what is wanted.
    """
    if not folder.is_dir():
        return None
    git, shown = Git(folder), str(folder)
    done = git.attempt("rev-parse", "--is-shallow-repository")
    if done.code == 0 and done.out.strip() == b"true":
        return Incomplete(
            f"{shown!r} is a shallow clone: it lacks history that is needed",
            hint=f"Complete it with `git -C {shown} fetch --unshallow`, or name another clone.",
        )
    if partial.promises(git):
        return Incomplete(
            f"{shown!r} is a partial clone: it lacks files that are needed",
            hint=f"Complete it with `git -C {shown} fetch --refetch --no-filter`, "
            "or name another clone.",
        )
    return None
