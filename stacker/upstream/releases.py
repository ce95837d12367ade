"""The first release of upstream that contains a commit: its tags, kept apart from all other refs.

Tags are fetched when somebody has to know, with the commits that they need. They stand under
`refs/stacker/tags/REPOSITORY/`, where they meet no ref of the series, and no tag of the user's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from stacker.git import nearby, transfer
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Told
    from stacker.series.workspace import Upstream

_FORMAT = "%(objecttype) %(objectname) %(*objecttype) %(*objectname) %(creatordate:unix) %(refname)"
_MANY = 500  # refs; as single files they would be slow to read


class _Tag(NamedTuple):
    name: str
    commit: Oid
    when: int


def fetch_tags(store: ObjectStore, upstream: Upstream, told: Told | None = None) -> None:
    """Bring in upstream's tags, if they are not as they were; raises `GitError`."""
    folder = _folder(upstream.name)
    here = store.git.text("for-each-ref", "--format=%(objectname) %(refname)", folder)
    known = {
        ref[len(folder) :]: oid
        for oid, ref in (line.split(" ", 1) for line in here.split("\n") if line)
    }
    if nearby.tags(Path(upstream.url)) == known:
        return
    transfer.fetch(
        store.git, upstream.url, [f"+refs/tags/*:{folder}*"],
        credential=upstream.credential, told=told,
    )  # fmt: skip
    if len(known) < _MANY <= len(store.git.text("for-each-ref", "--format=x", folder).split()):
        store.git.run("pack-refs", "--all")


def first_release(store: ObjectStore, repository: str, commit: Oid) -> str | None:
    """The name of the oldest of the known tags that contain `commit`; a pre-release is one.

    The oldest by the tag's own date, or its commit's where it has none; then by name.
    """
    tags = list(_tags(store, repository))
    if not tags:
        return None
    asked = "".join(f"{tag.commit}\n" for tag in tags) + f"^{commit}\n"
    said = store.git.text("rev-list", "--ancestry-path", "--stdin", stdin=asked.encode("ascii"))
    above = {commit, *said.split()}
    found = [(tag.when, tag.name) for tag in tags if tag.commit in above]
    return min(found)[1] if found else None


def _tags(store: ObjectStore, repository: str) -> Iterator[_Tag]:
    folder = _folder(repository)
    out = store.git.run("for-each-ref", f"--format={_FORMAT}", folder)
    for line in out.decode("utf-8", "backslashreplace").split("\n")[:-1]:
        kind, oid, inner_kind, inner, when, ref = line.split(" ", 5)
        if inner_kind:
            kind, oid = inner_kind, inner
        commit = store.resolve(oid) if kind == "tag" else oid if kind == "commit" else None
        if commit is not None:
            yield _Tag(ref[len(folder) :], Oid(commit), int(when or 0))


def _folder(repository: str) -> str:
    return f"refs/stacker/tags/{repository}/"
