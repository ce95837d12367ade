"""The copy of a forge: bare repositories over the series' own store, and what the hub remembers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from stacker.forge.api import PullState, ReviewState
from stacker.git import transfer
from stacker.git.alternates import lay_over
from stacker.git.process import Git
from stacker.hub.copied import Copied, CopiedComment, CopiedPull, CopiedReview
from stacker.rehearsal.original import is_merged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stacker.forge.api import PullRequest
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.rehearsal.original import Original


def bare_over(path: Path, below: ObjectStore, branch: str) -> Git:
    """A bare repository over the objects of `below`, where it writes none; HEAD is `branch`."""
    path.mkdir(parents=True)
    git, kind = Git(path), f"--object-format={below.algorithm}"
    git.run("init", "-q", "--bare", "--template=", kind, "-b", branch)
    shutil.rmtree(path / "objects")
    lay_over(path / "objects", below.git.directory / "objects")
    return git


def copy_forge(
    root: Path, original: Original, login: str, store: ObjectStore, told: Told | None
) -> Copied:
    """Make the repositories below the hub's `root`; the answer is what it has to know of them."""
    spot = original.spot
    upstream = _repository(root, spot.upstream, store, spot.trunk)
    _bring(upstream, original, spot.upstream, original.refs, told)
    here = {spot.upstream: upstream}
    if spot.fork in original.rights:
        if spot.fork != spot.upstream:
            here[spot.fork] = _repository(root, spot.fork, store, spot.trunk)
        _bring(here[spot.fork], original, spot.fork, original.branches, told)
    rights = [(login, name, str(right)) for name, right in original.rights.items() if name in here]
    fork = spot.fork if spot.fork in here else spot.upstream
    pulls = [_pull(original, pull) for pull in original.pulls if _has(upstream, pull)]
    return Copied(spot.upstream, fork, rights, pulls if fork == spot.fork else [])


def _repository(root: Path, name: str, store: ObjectStore, trunk: str) -> Git:
    """That of the hub; two repositories of a plan may be two branches of one."""
    path = root / f"{name}.git"
    return Git(path) if path.exists() else bare_over(path, store, trunk)


def _bring(git: Git, original: Original, name: str, refs: Iterable[str], told: Told | None) -> None:
    specs = [f"+{ref}:{ref}" for ref in refs]
    if specs:
        spot = original.spot
        transfer.fetch(git, spot.url(name), specs, credential=spot.credential, told=told)


def _has(git: Git, pull: PullRequest) -> bool:
    """Whether its head is here: that of one closed long ago may be nowhere."""
    return git.attempt("cat-file", "-e", f"{pull.head}^{{commit}}").code == 0


def _pull(original: Original, pull: PullRequest) -> CopiedPull:
    trunk = original.refs.get(f"refs/heads/{original.spot.trunk}", pull.head)
    return CopiedPull(
        number=pull.number, title=pull.title, body=pull.body, author=pull.author,
        head_branch=pull.head_branch, head=pull.head, base_branch=pull.base_branch,
        base=original.refs.get(f"refs/heads/{pull.base_branch}", trunk), draft=pull.draft,
        is_open=pull.state is PullState.OPEN,
        merge_commit=pull.merge_commit if is_merged(pull) else None,
        maintainer_can_modify=pull.maintainer_can_modify,
        reviews=[
            CopiedReview(one.author, one.state.name, one.commit or pull.head, one.submitted_at)
            for one in pull.reviews
            if one.state is not ReviewState.PENDING
        ],
        comments=[CopiedComment(one.id, one.author, one.body) for one in pull.comments],
    )  # fmt: skip
