"""Repositories on this disk: what they have is asked of them, without a fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from stacker.git.process import Git

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.git.objects import Oid


def ref(folder: Path, name: str) -> Oid | None:
    """The commit that a full ref name, or `HEAD`, stands for in the repository in `folder`.

    `None` when there is no such folder or ref, or git will not tell; a fetch would say why.
    """
    if not folder.is_dir():
        return None
    # Like a fetch, this finds no repository around the folder.
    env = {"GIT_CEILING_DIRECTORIES": str(folder.parent)}
    return _oid(folder, "show-ref", "--verify", "--hash", name, env=env)


def rev(folder: Path, name: str) -> Oid | None:
    """The commit that the git in `folder` understands by `name`; `None` as above."""
    if not folder.is_dir() or name.startswith("-"):
        return None
    return _oid(folder, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")


def _oid(folder: Path, *args: str, env: dict[str, str] | None = None) -> Oid | None:
    done = Git(folder).attempt(*args, env=env)
    return cast("Oid", done.out.decode("ascii").strip()) if done.code == 0 else None
