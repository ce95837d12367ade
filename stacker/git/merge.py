"""Three-way merges of trees in the object store, by git's own merge: no index, no worktree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.objects import Commit, Oid, Signature

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from stacker.git.store import ObjectStore


@dataclass(frozen=True, slots=True)
class Side:
    """A file as one side of a merge has it."""

    mode: str
    oid: Oid


@dataclass(frozen=True, slots=True)
class Conflict:
    """One path that git could not merge; a side is `None` where it has no such file.

    `kind` is git's word for it: `content`, `modify/delete`, `rename/delete`, `add/add`, …
    """

    path: bytes
    kind: str
    base: Side | None
    upstream: Side | None
    mine: Side | None


@dataclass(frozen=True, slots=True)
class Merged:
    """The merge is clean."""

    tree: Oid


@dataclass(frozen=True, slots=True)
class Conflicted:
    """The merge stopped; `tree` has the conflicted files with markers in them."""

    tree: Oid
    conflicts: tuple[Conflict, ...]


MergeOutcome = Merged | Conflicted

_NOBODY = Signature(b"stacker", b"stacker@localhost", b"0 +0000")


def merge(store: ObjectStore, base: Oid, upstream: Oid, mine: Oid) -> MergeOutcome:
    """Merge commit `mine`, whose parent is `base`, with the tree of commit `upstream`.

    git 2.39 cannot be told a merge base; a synthetic commit with upstream's tree and `base` as
    its parent has exactly that one.
    """
    base_tree, upstream_tree = store.commit(base).tree, store.commit(upstream).tree
    if base_tree == upstream_tree:
        return Merged(store.commit(mine).tree)
    synthetic = store.write_commit(
        replace(
            store.commit(upstream),
            parents=(base,),
            author=_NOBODY,
            committer=_NOBODY,
            message=b"the other side of a merge\n",
            encoding=None,
            extra=(),
        )
    )
    ours = mine
    if store.commit(mine).parents != (base,):
        ours = store.write_commit(replace(store.commit(mine), parents=(base,)))
    done = store.git.attempt(
        "merge-tree", "--write-tree", "-z", "--messages", synthetic, ours,
        config=(("merge.conflictStyle", "zdiff3"), ("merge.directoryRenames", "conflict")),
    )  # fmt: skip
    if done.code not in (0, 1):
        raise GitError(f"git merge-tree: {done.said}")
    tree, conflicts = _parse(done.out)
    if done.code == 0:
        return Merged(tree)
    return Conflicted(tree, conflicts)


def merge_trees(store: ObjectStore, base: Oid, upstream: Oid, mine: Oid) -> MergeOutcome:
    """The same for three bare trees."""
    root = store.write_commit(_bare(base, ()))
    sides = [store.write_commit(_bare(tree, (root,))) for tree in (upstream, mine)]
    return merge(store, root, sides[0], sides[1])


def _bare(tree: Oid, parents: tuple[Oid, ...]) -> Commit:
    return Commit(tree, parents, _NOBODY, _NOBODY, b"a side of a merge\n")


def _parse(out: bytes) -> tuple[Oid, tuple[Conflict, ...]]:
    fields = iter(out.split(b"\0"))
    tree = Oid(next(fields).strip().decode("ascii"))
    stages: dict[bytes, dict[str, Side]] = {}
    for field in fields:
        if not field:
            break
        info, _, path = field.partition(b"\t")
        mode, oid, stage = info.decode("ascii").split(" ")
        stages.setdefault(path, {})[stage] = Side(mode, Oid(oid))
    kinds: dict[bytes, str] = {}
    for path, kind in _kinds(fields, stages):
        if kinds.setdefault(path, kind) == "contents":  # said of anything that has no markers too
            kinds[path] = kind
    for path in kinds:
        stages.setdefault(path, {})
    return tree, tuple(
        Conflict(path, _kind(kinds.get(path, "contents"), sides), *map(sides.get, "123"))
        for path, sides in sorted(stages.items())
        if sides or path in kinds
    )


def _kinds(fields: Iterator[bytes], conflicted: Container[bytes]) -> Iterator[tuple[bytes, str]]:
    """(path, git's kind) of every conflict message: its first path, and others in the conflict."""
    while (count := next(fields, b"")).isdigit():
        paths = [next(fields) for _ in range(int(count))]
        kind, _message = next(fields).decode("utf-8", "replace"), next(fields)
        if kind.startswith("CONFLICT ("):
            for i, path in enumerate(paths):
                if i == 0 or path in conflicted:
                    yield path, kind.removeprefix("CONFLICT (").rstrip(")")


def _kind(said: str, sides: dict[str, Side]) -> str:
    if said == "contents":
        return "content" if "1" in sides or not sides else "add/add"
    if said.startswith("submodule"):  # "… not initialized", "… lacks merge base"
        return "submodule"
    return {"distinct modes": "mode", "directory rename suggested": "file location"}.get(said, said)
