"""The first release of upstream that contains a commit, by its tags.

Upstream is asked for its tags when somebody has to know. Fetched are the commits that the store
lacks, and what tells the dates of those tags that may be the answer. No tag of upstream becomes a
ref here, so it does not matter what they are called, nor how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git import transfer
from stacker.git.objects import Oid, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.store import ObjectStore
    from stacker.git.transfer import Tag
    from stacker.series.workspace import Upstream


def first_releases(
    store: ObjectStore, upstream: Upstream, commits: Iterable[Oid]
) -> dict[Oid, str]:
    """The name of the oldest tag that contains each of `commits`, which the store has.

    The oldest by the tag's own date, or its commit's where it has none; then by name. A
    pre-release is one too. Raises `GitError` when upstream cannot be asked.
    """
    tags = transfer.tags(upstream.url, store.git.directory, upstream.credential)
    _bring(store, upstream, {tag.peeled: tag.oid for tag in tags})
    kinds = store.kinds({tag.peeled for tag in tags})
    tags = [tag for tag in tags if kinds.get(tag.peeled) == "commit"]
    found: dict[Oid, str] = {}
    for commit in dict.fromkeys(commits):
        above = _containing(store, tags, commit)
        containing = [tag for tag in tags if tag.peeled in above]
        _bring(store, upstream, {tag.oid: tag.oid for tag in containing})
        dated = [(_date(store, tag.oid), tag.name) for tag in containing]
        if dated:
            found[commit] = min(dated)[1].decode("utf-8", "backslashreplace")
    return found


def _bring(store: ObjectStore, upstream: Upstream, wanted: Mapping[Oid, Oid]) -> None:
    """Fetch by the ids behind those of the ids before that the store lacks."""
    known = store.kinds(wanted)
    missing = [there for oid, there in wanted.items() if oid not in known]
    if missing:
        transfer.fetch_ids(store.git, upstream.url, missing, upstream.credential)


def _containing(store: ObjectStore, tags: Iterable[Tag], commit: Oid) -> set[str]:
    """The commits of `tags` that contain `commit`, and all in between."""
    asked = "".join(f"{tag.peeled}\n" for tag in tags) + f"^{commit}\n"
    said = store.git.text("rev-list", "--ancestry-path", "--stdin", stdin=asked.encode("ascii"))
    return {commit, *said.split()}


def _date(store: ObjectStore, oid: Oid) -> int:
    """When a tag was made, or a commit; 0 where that cannot be told."""
    found = store.find(oid)
    head = found[2].partition(b"\n\n")[0] if found else b""
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key in (b"tagger", b"committer"):
            try:
                return Signature.parse(value).seconds
            except (GitError, ValueError, IndexError):
                return 0
    return 0
