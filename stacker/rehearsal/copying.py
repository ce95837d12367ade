"""The copy of a forge: bare repositories over the series' own store, and what the hub remembers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from stacker.forge.api import CISource, CIState, PullState, ReviewState
from stacker.git import partial, transfer
from stacker.git.alternates import lay_over
from stacker.git.process import Git
from stacker.hub.copied import Copied, CopiedCheck, CopiedComment, CopiedPull, CopiedReview
from stacker.hub.protection import Required, Rules
from stacker.rehearsal.original import is_merged

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from stacker.forge.api import CIResult, Protection, PullRequest
    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.rehearsal.original import Original


MAINTAINER = "the-maintainer"
"""Who does in a rehearsal what upstream's people do."""


def bare_over(path: Path, below: ObjectStore, branch: str) -> Git:
    """A bare repository over the objects of `below`, where it writes none; HEAD is `branch`."""
    path.mkdir(parents=True)
    git, kind = Git(path), f"--object-format={below.algorithm}"
    git.run("init", "-q", "--bare", "--template=", kind, "-b", branch)
    shutil.rmtree(path / "objects")
    lay_over(path / "objects", below.git.directory / "objects")
    partial.hand_on(below.git, git)
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
    # What people may do is not told of others; what a review counts for is told by its being one.
    rights += [(one, spot.upstream, "write") for one in _deciders(original)]
    rights += [(MAINTAINER, spot.upstream, "admin")]
    fork = spot.fork if spot.fork in here else spot.upstream
    pulls = [_pull(original, pull) for pull in original.pulls if _has(upstream, pull)]
    return Copied(
        spot.upstream, fork, rights, pulls if fork == spot.fork else [],
        spot.trunk, {str(method) for method in original.methods}, _rules(original.rules),
    )  # fmt: skip


def _deciders(original: Original) -> dict[str, None]:
    decide = (ReviewState.APPROVED, ReviewState.CHANGES_REQUESTED)
    said = (one for pull in original.pulls for one in pull.reviews)
    return {one.author: None for one in said if one.state in decide}


def _rules(read: Protection | None) -> Rules | None:
    """The rules in the hub's form."""
    if read is None:
        return None
    checks = tuple(Required(one.name, one.app) for one in read.required_checks)
    return Rules(
        checks=checks or None, strict=read.strict,
        approvals=read.approvals if read.through_pulls else None,
        enforce_admins=read.enforce_admins, linear=read.linear, last_push=read.newest_push,
        restricted=read.restricted, queue=read.queue, signatures=read.signatures,
        methods=None if read.methods is None else tuple(sorted(map(str, read.methods))),
    )  # fmt: skip


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
        checks=[_check(one) for one in pull.checks],
    )  # fmt: skip


def _check(one: CIResult) -> CopiedCheck:
    """A CI check in the hub's words; what a run of long ago ended with may be told by its state
    alone."""
    if one.source is CISource.STATUS:
        state = "failure" if one.state is CIState.FAILURE else str(one.state)
        return CopiedCheck(one.name, False, state, one.creator, one.app)
    ended = "" if one.state is CIState.PENDING else str(one.state)
    known = one.conclusion.lower() if one.conclusion else ended
    return CopiedCheck(one.name, True, known, one.creator, one.app)
