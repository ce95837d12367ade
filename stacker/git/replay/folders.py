"""Trees that are changed in memory: each folder's raw bytes, read once, changed entry by entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.changes import Leaf
from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stacker.git.pack import Like, Pack
    from stacker.git.store import ObjectStore

FOLDER = "40000"
"""The mode of a folder as it stands in a tree."""
# git writes no other modes into a tree that it makes, whatever it read.
_KNOWN = {"40000", "100644", "100755", "120000", "160000"}
_WRITTEN = {"040000": "40000", "100664": "100644"}


class Folder:
    """One version of one tree object; never changed, but made anew from the one before."""

    __slots__ = ("_places", "oid", "raw")

    def __init__(self, oid: Oid | None, raw: bytes, places: _Places | None = None) -> None:
        """`oid` is `None` for a folder that is in no tree yet."""
        self.oid, self.raw, self._places = oid, raw, places

    def leaf(self, name: bytes) -> Leaf | None:
        """The entry `name`; a folder's has the mode `40000`."""
        place = self._where().get(name)
        if place is None:
            return None
        mode, start, width = place
        return Leaf(mode, Oid(self.raw[start : start + width].hex()))

    def changed(self, entries: Mapping[bytes, Leaf | None]) -> bytes:
        """The raw tree with some entries put in, replaced or (`None`) taken out."""
        where = self._where()
        if self._is_plain(entries):
            raw = bytearray(self.raw)
            for name, leaf in entries.items():
                if leaf is not None:
                    _, start, width = where[name]
                    raw[start : start + width] = bytes.fromhex(leaf.oid)
            return bytes(raw)
        every = {name: self.leaf(name) for name in where} | dict(entries)
        kept = {name: leaf for name, leaf in every.items() if leaf is not None}
        # git sorts a folder as if its name ended in a slash.
        names = sorted(kept, key=lambda n: n + b"/" if kept[n].mode == FOLDER else n)
        return b"".join(
            _WRITTEN.get(kept[n].mode, kept[n].mode).encode() + b" " + n + b"\0"
            + bytes.fromhex(kept[n].oid)
            for n in names
        )  # fmt: skip

    def successor(self, oid: Oid, raw: bytes, entries: Mapping[bytes, Leaf | None]) -> Folder:
        """The version that `raw`, made by `changed(entries)`, is."""
        return Folder(oid, raw, self._places if self._is_plain(entries) else None)

    def names(self) -> Iterable[bytes]:
        """The names of all entries."""
        return self._where()

    def leaves(self) -> dict[bytes, Leaf]:
        """All entries by name."""
        return {name: leaf for name in self._where() if (leaf := self.leaf(name)) is not None}

    def _is_plain(self, entries: Mapping[bytes, Leaf | None]) -> bool:
        """Whether only ids are replaced, so that every entry stays at its place."""
        where = self._where()
        return where.known and all(
            leaf is not None and (place := where.get(name)) is not None and place[0] == leaf.mode
            for name, leaf in entries.items()
        )

    def _where(self) -> _Places:
        if self._places is None:
            self._places = _Places(self.raw, len(self.oid or "") // 2 or 20)
        return self._places


class _Places(dict[bytes, tuple[str, int, int]]):
    """Where a raw tree's ids are: name -> (mode, start, width in bytes)."""

    def __init__(self, raw: bytes, width: int) -> None:
        super().__init__()
        modes: dict[bytes, str] = {}
        at, size, find = 0, len(raw), raw.find
        while at < size:
            space, end = find(b" ", at), find(b"\0", at)
            mode = raw[at:space]
            if mode not in modes:
                modes[mode] = mode.decode("ascii")
            self[raw[space + 1 : end]] = (modes[mode], end + 1, width)
            at = end + 1 + width
        self.known = set(modes.values()) <= _KNOWN


class Ground:
    """The folders of a commit's tree, each read at most once."""

    def __init__(self, store: ObjectStore, tree: Oid) -> None:
        self._store = store
        self.tree = tree
        self._folders: dict[bytes, Folder | None] = {}

    def prepare(self, folders: Iterable[bytes]) -> None:
        """Read these folders and those above them, level by level."""
        wanted = {b""}
        for folder in folders:
            while folder and folder not in wanted:
                wanted.add(folder)
                folder = folder.rpartition(b"/")[0]  # noqa: PLW2901 - walks up
        levels: dict[int, list[bytes]] = {}
        for folder in wanted:
            if folder not in self._folders:
                levels.setdefault(folder.count(b"/") + bool(folder), []).append(folder)
        for level in sorted(levels):
            asked = {folder: oid for folder in levels[level] if (oid := self._oid(folder))}
            found = self._store.find_many(list(asked.values()))
            contents = {name: one for name, one in zip(asked, found, strict=True) if one}
            for folder in levels[level]:
                one = contents.get(folder)
                self._folders[folder] = Folder(one[1], one[2]) if one else None

    def folder(self, path: bytes) -> Folder | None:
        """The folder at `path`, `b""` being the root; `None` when there is none."""
        if path not in self._folders:
            self.prepare((path,))
        return self._folders[path]

    def _oid(self, folder: bytes) -> Oid | None:
        if not folder:
            return self.tree
        parent, _, name = folder.rpartition(b"/")
        above = self._folders[parent]
        leaf = above.leaf(name) if above else None
        return leaf.oid if leaf is not None and leaf.mode == FOLDER else None


class Tree:
    """A tree on its way from patch to patch, over the ground that it began on."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.oid = ground.tree
        self.rules: dict[bytes, Leaf | None] = {}
        """The `.gitattributes` files that were changed."""
        self._folders: dict[bytes, Folder | None] = {}

    def fork(self) -> Tree:
        """A tree of its own that begins here."""
        other = Tree(self.ground)
        other.oid, other.rules, other._folders = self.oid, dict(self.rules), dict(self._folders)
        return other

    def folder(self, path: bytes) -> Folder | None:
        """The folder at `path`, `b""` being the root; `None` when there is none."""
        return self._folders[path] if path in self._folders else self.ground.folder(path)

    def leaf(self, path: bytes) -> Leaf | None:
        """What is at `path`; a folder has the mode `40000`."""
        parent, _, name = path.rpartition(b"/")
        folder = self.folder(parent)
        return folder.leaf(name) if folder else None

    def change(self, leaves: Mapping[bytes, Leaf | None], pack: Pack) -> Oid:
        """Put leaves in, or (`None`) out; the trees that change go into `pack`. The new root."""
        folders: dict[bytes, dict[bytes, Leaf | None]] = {}
        for path, leaf in leaves.items():
            parent, _, name = path.rpartition(b"/")
            folders.setdefault(parent, {})[name] = leaf
            if name == b".gitattributes":
                self.rules[path] = leaf
            while parent:  # all above are changed with it
                parent = parent.rpartition(b"/")[0]
                folders.setdefault(parent, {})
        for path in sorted(folders, key=lambda p: (p != b"", p.count(b"/")), reverse=True):
            new = self._change_folder(path, folders[path], pack)
            if path:
                parent, _, name = path.rpartition(b"/")
                # A leaf may have come where a folder went.
                if new is not None or folders[parent].get(name) is None:
                    folders[parent][name] = None if new is None else Leaf(FOLDER, new)
            elif new is not None:
                self.oid = new
        return self.oid

    def copy_into(self, pack: Pack) -> None:
        """Let `pack` have all trees that are not those of the ground."""
        for folder in self._folders.values():
            if folder is not None and folder.oid is not None:
                pack.add_named(folder.oid, "tree", folder.raw)

    def _change_folder(
        self, path: bytes, entries: Mapping[bytes, Leaf | None], pack: Pack
    ) -> Oid | None:
        """Write the folder with its new entries; `None` when nothing is left in it."""
        old = self.folder(path) or Folder(None, b"")
        raw = old.changed(entries)
        if not raw and path:
            self._folders[path] = None
            return None
        like: Like | None = (old.oid, old.raw) if old.oid else None
        oid = pack.add("tree", raw, like)
        self._folders[path] = old.successor(oid, raw, entries)
        return oid
