"""The files of a series as git would store them: every id is known, and nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.git.pack import object_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.git.objects import Oid


class Snapshot(NamedTuple):
    """Files by path, with `/` between folders; their blob ids; and the raw trees above them by id.

    `root` is the id of the whole tree.
    """

    files: Mapping[str, bytes]
    blobs: Mapping[str, Oid]
    trees: Mapping[Oid, bytes]
    root: Oid

    @classmethod
    def of(
        cls, algorithm: str, files: Mapping[str, bytes], like: Snapshot | None = None
    ) -> Snapshot:
        """The snapshot of `files`; `algorithm` is `sha1` or `sha256`. `like` only saves time."""
        old = like.files if like else {}
        ids = like.blobs if like else {}
        blobs = {
            name: ids[name] if old.get(name) == content else object_id(algorithm, "blob", content)
            for name, content in files.items()
        }
        trees, root = _trees(algorithm, blobs)
        return cls(files, blobs, trees, root)

    @classmethod
    def known(cls, root: Oid) -> Snapshot:
        """The tree `root`, all of which is in the store already."""
        return cls({}, {}, {}, root)

    @property
    def ids(self) -> frozenset[Oid]:
        """The ids of all its blobs and trees."""
        return frozenset((*self.blobs.values(), *self.trees))


def _trees(algorithm: str, blobs: Mapping[str, Oid]) -> tuple[dict[Oid, bytes], Oid]:
    folders: dict[str, list[tuple[bytes, bytes]]] = {"": []}
    for path, oid in blobs.items():
        folder, _, name = path.rpartition("/")
        if folder not in folders:
            _begin(folders, folder)
        raw = name.encode("utf-8", "surrogateescape")
        folders[folder].append((raw, b"100644 %s\0%s" % (raw, bytes.fromhex(oid))))
    trees: dict[Oid, bytes] = {}
    root: Oid
    # A folder comes before the one that it lies in.
    for folder in sorted(folders, reverse=True):
        content = b"".join(line for _, line in sorted(folders[folder]))
        root = object_id(algorithm, "tree", content)
        trees[root] = content
        if folder:
            above, _, name = folder.rpartition("/")
            raw = name.encode("utf-8", "surrogateescape")
            # git sorts a folder as if its name ended in a slash.
            line = b"40000 %s\0%s" % (raw, bytes.fromhex(root))
            folders[above].append((raw + b"/", line))
    return trees, root


def _begin(folders: dict[str, list[tuple[bytes, bytes]]], folder: str) -> None:
    while folder not in folders:
        folders[folder] = []
        folder = folder.rpartition("/")[0]
