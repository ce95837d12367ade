"""What a change adds must be able to lie on Windows too, beside what is there already.

An upstream that has such paths itself is left alone: nothing could be kept safe there any more.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from stacker.errors import PatchError
from stacker.git.pack import object_id
from stacker.series.patches.folders import Folders
from stacker.series.patches.paths import folded, is_plain, shown, twins, wrong_on_windows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from stacker.git.objects import Oid
    from stacker.git.process import Git
    from stacker.git.store import ObjectStore


class Portable:
    """The check for changes that stand on the tree `base`."""

    def __init__(self, folders: Folders, base: Oid) -> None:
        self._folders = folders
        self._base = base

    def check(self, added: Iterable[bytes], tree: Oid, name: str) -> None:
        """Raise `PatchError` if Windows misreads one of the paths that a change `added` to `tree`.

        `name` says in the error whose change it is.
        """
        alike: dict[Oid, Mapping[str, Sequence[bytes]]] = {}
        for path in added:
            wrong = wrong_on_windows(path)
            if wrong is not None and not self._upstream_has_such_names:
                raise PatchError(
                    f"{name} adds {shown(path)}, which {wrong}",
                    hint="Give the file another name, so that everybody can check it out.",
                )
            twin = self._twin(tree, path, alike)
            if twin is not None and not self._upstream_has_twins:
                raise PatchError(
                    f"{name} adds {shown(path)} beside {shown(twin)}",
                    hint="These are one file on Windows and macOS. Give one another name.",
                )

    def _twin(
        self, tree: Oid, path: bytes, alike: dict[Oid, Mapping[str, Sequence[bytes]]]
    ) -> bytes | None:
        """The file or folder of `tree` that is on the way of `path` where case does not matter.

        `alike` keeps the names of each folder by what they are then: many files may come at once.
        """
        parts = path.split(b"/")
        for depth, part in enumerate(parts):
            if tree not in alike:
                alike[tree] = _by_folded(self._folders.names(tree))
            for name in alike[tree].get(folded(part), ()):
                if name != part:
                    return b"/".join([*parts[:depth], name])
            leaf = self._folders.leaf(tree, part)
            if leaf is None:
                break
            tree = leaf.oid
        return None

    @cached_property
    def _upstream_has_such_names(self) -> bool:
        return any(wrong_on_windows(path) for path in self._folders.files(self._base))

    @cached_property
    def _upstream_has_twins(self) -> bool:
        return twins(self._folders.files(self._base)) is not None


def refuse_added(store: ObjectStore, base: Oid, oids: Sequence[Oid]) -> None:
    """Raise `PatchError` for a commit that adds a path which no patch may add.

    The first of the commits `oids` stands on `base`, each other one on the one before.
    """
    commits = [store.commit(oid) for oid in oids]
    trees = [store.commit(base).tree, *(commit.tree for commit in commits)]
    portable, every = Portable(Folders(store), trees[0]), dict[bytes, str]()
    for oid, commit, added in zip(oids, commits, added_paths(store.git, trees), strict=True):
        name = f"commit {oid[:10]} {commit.subject!r}"
        portable.check(added, commit.tree, name)
        every |= dict.fromkeys(added, name)
    for path in refused_by_git(store, every):
        raise PatchError(
            f"{every[path]} adds {shown(path)}, which git refuses",
            hint="Such a path leads into git's own files. Do not trust the commit.",
        )


def _by_folded(names: Iterable[bytes]) -> Mapping[str, Sequence[bytes]]:
    found: dict[str, list[bytes]] = {}
    for name in names:
        found.setdefault(folded(name), []).append(name)
    return found


def added_paths(git: Git, trees: Sequence[Oid]) -> Iterator[list[bytes]]:
    """For each of `trees` but the first: its files at whose paths the one before has no file."""
    pairs = [f"{before} {after}\n".encode() for before, after in pairwise(trees)]
    ends = [*pairs[1:], b"\n"][: len(pairs)]
    # With two trees a line, git says that line, and then the paths.
    said = git.run(
        "diff-tree", "--stdin", "-r", "-z", "--no-renames", "--name-only", "--diff-filter=A",
        stdin=b"".join(pairs),
    )  # fmt: skip
    at = 0
    for pair, after in zip(pairs, ends, strict=True):
        at, found = at + len(pair), []
        while at < len(said) and not said.startswith(after, at):
            end = said.index(b"\0", at)
            found.append(said[at:end])
            at = end + 1
        yield found


def refused_by_git(store: ObjectStore, paths: Iterable[bytes]) -> list[bytes]:
    """Those of `paths` that git takes into no index: out of the tree, or into its own files."""
    asked = [path for path in paths if not is_plain(path)]
    if not asked:
        return []
    oid = "1" * len(object_id(store.algorithm, "blob", b""))
    lines = b"".join(b"100644 %s\t%s\0" % (oid.encode(), path) for path in asked)
    with TemporaryDirectory(prefix="stacker-") as folder:
        said = store.git.attempt(
            "update-index", "-z", "--replace", "--index-info",
            stdin=lines, env={"GIT_INDEX_FILE": str(Path(folder) / "index")},
        ).err  # fmt: skip
    return [path for path in asked if b"Ignoring path %s\n" % path in said]
