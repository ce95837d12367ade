"""A patch's diff becomes a tree: read on its exact preimage, never placed by text.

Where the diff says all (plain changes of lines, with the full ids of the blobs before and after),
it is done here, and the ids prove the result. Everything else is git's to apply, to an index that
is thrown away. A diff from elsewhere that names no blobs is read by its lines, if that is asked.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from stacker.errors import PatchError
from stacker.git.changes import Leaf
from stacker.git.objects import LINK, REGULAR, SUBMODULE, Oid
from stacker.git.pack import object_id
from stacker.series.patches.filediff import parts
from stacker.series.patches.fitting import fitted
from stacker.series.patches.folders import Folders
from stacker.series.patches.lines import Before, Lines, after, names_all, parts_by_lines
from stacker.series.patches.paths import is_plain, shown
from stacker.series.patches.portable import Portable, refused_by_git
from stacker.series.patches.refusing import Side, is_moved, refusal, require

if TYPE_CHECKING:
    from types import TracebackType

    from stacker.git.pack import Like
    from stacker.git.store import ObjectStore
    from stacker.series.patches.filediff import FileDiff

    _Made = tuple[Leaf | None, bytes | None, Like | None]
    """A file's new leaf (`None`: it is gone), its content if that is new, what it was before."""

_KEPT = 1 << 26  # bytes of files in memory


class Preimage:
    """A tree that patches are put on, each on the one before; close it, for it keeps a folder."""

    def __init__(self, store: ObjectStore, tree: Oid) -> None:
        self.tree = tree
        self._store = store
        self._folders = Folders(store)
        self._portable = Portable(self._folders, tree)
        self._blobs: OrderedDict[Oid, bytes] = OrderedDict()
        self._size = 0  # of all blobs in memory, in bytes
        self._closing = ExitStack()
        self._index: Path | None = None
        self._indexed: Oid | None = None  # the tree that the index holds

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.close()

    def apply(self, diff: bytes, name: str, how: Lines | None = None) -> Oid:
        """Put `diff` on the tree and return the new one; `name` is the patch's, for errors.

        Raises `PatchError`, and stays where it is, unless every file is, byte for byte, what the
        diff was made from, and every new path can be one everywhere. Where `how` is given, a diff
        that names no blobs is read by its lines.
        """
        if not diff.strip():
            return self.tree
        files = parts(diff)
        if how is not None and not (how == Lines() and all(map(names_all, files))):
            after = self._by_lines(diff, how, name)
        else:
            after = self._in_process(files, name) or self._by_git(files, diff, name)
        self.tree = after
        return after

    # By ourselves -------------------------------------------------------------------------------

    def _in_process(self, files: tuple[FileDiff, ...], name: str) -> Oid | None:
        """The tree, if every part is plain and proved by its ids; else `None`."""
        changes: dict[bytes, Leaf | None] = {}
        contents: list[tuple[bytes, Like | None]] = []
        for part in files:
            path = _plain_path(part)
            made = None if path is None or path in changes else self._made(part, path)
            if path is None or made is None:
                return None
            changes[path], content, like = made
            if content is not None:
                contents.append((content, like))
        after = self._folders.edited(self.tree, changes)
        if after is not None:
            added = [p.new_path for p in files if p.old_path is None and p.new_path is not None]
            self._portable.check(added, after, name)
            for content, like in contents:
                self._keep(self._store.write("blob", content, like), content)
        return after

    def _made(self, part: FileDiff, path: bytes) -> _Made | None:
        """What a part makes of its file, if its ids prove that; else `None`."""
        here = self._folders.leaf(self.tree, path)
        if here is not None and here.mode in REGULAR and not part.changes and not part.old_blob:
            mode = part.modes.get(b"new mode", "")
            return (Leaf(mode, here.oid), None, None) if mode in REGULAR else None
        before, wanted, zeros = _text(part.old_blob), _text(part.new_blob), "0" * len(self.tree)
        if part.old_path is None:
            mode, like = part.modes.get(b"new file mode", ""), None
            old = b"" if here is None and before == zeros else None
        elif here is None or here.oid != before or here.mode not in REGULAR:
            return None
        else:
            old = self._blob(here.oid)
            mode, like = part.modes.get(b"new mode", here.mode), (here.oid, old)
        new = fitted(part.hunks, old) if old is not None else None
        if new is None:
            return None
        if part.new_path is None:
            return (None, None, None) if wanted == zeros and not new else None
        oid = object_id(self._store.algorithm, "blob", new)
        return (Leaf(mode, oid), new, like) if oid == wanted and mode in REGULAR else None

    def _blob(self, oid: Oid) -> bytes:
        if oid not in self._blobs:
            self._keep(oid, self._store.blob(oid))
        self._blobs.move_to_end(oid)
        return self._blobs[oid]

    def _keep(self, oid: Oid, content: bytes) -> None:
        """Remember what a patch made, for the next one: the store may have it in no file yet."""
        if oid not in self._blobs:
            self._size += len(content)
        self._blobs[oid] = content
        while self._size > _KEPT and len(self._blobs) > 1:
            self._size -= len(self._blobs.popitem(last=False)[1])

    # By lines -----------------------------------------------------------------------------------

    def _by_lines(self, diff: bytes, how: Lines, name: str) -> Oid:
        changes: dict[bytes, Leaf | None] = {}
        for part in parts_by_lines(diff, how, name):
            path = part.path or b""
            here = changes[path] if path in changes else self._folders.leaf(self.tree, path)
            if here is not None and here.mode not in (*REGULAR, LINK):
                raise PatchError(f"{name} changes {shown(path)}, which is no file")
            before = Before(here, self._blob(here.oid)) if here is not None else None
            made = after(part, before, name)
            changes[path] = Leaf(made.mode, self._written(made.content)) if made else None
        for path in refused_by_git(self._store, changes):
            raise PatchError(
                f"{name} changes {shown(path)}, which git refuses",
                hint="Such a path leads into git's own files. Do not trust the patch.",
            )
        tree = self._folders.edited(self.tree, changes)
        if tree is None:
            raise PatchError(
                f"{name} puts a file where a folder is, or below a file",
                hint="It was made on another base, or a patch before it is missing.",
            )
        self._portable.check(self._folders.added(self.tree, tree), tree, name)
        return tree

    def _written(self, content: bytes) -> Oid:
        oid = self._store.write("blob", content)
        self._keep(oid, content)
        return oid

    # By git -------------------------------------------------------------------------------------

    def _by_git(self, files: tuple[FileDiff, ...], diff: bytes, name: str) -> Oid:
        for part in files:
            require(part, self._side(part), name)
        env = self._at_index()
        self._indexed = None
        done = self._store.git.attempt(
            "apply", "--cached", "--whitespace=nowarn", "-v", "-", stdin=diff, env=env
        )
        said = done.err.decode("utf-8", "replace")
        if done.code != 0 or is_moved(said):
            raise refusal([(part, self._side(part)) for part in files], said, name)
        after = Oid(self._store.git.run("write-tree", env=env).decode("ascii").strip())
        self._indexed = after
        self._portable.check(self._folders.added(self.tree, after), after, name)
        return after

    def _at_index(self) -> dict[str, str]:
        """The environment of a git whose index holds the tree."""
        if self._index is None:
            folder = self._closing.enter_context(TemporaryDirectory(prefix="stacker-"))
            self._index = Path(folder) / "index"
        env = {"GIT_INDEX_FILE": str(self._index)}
        if self._indexed != self.tree:
            self._store.git.run("read-tree", self.tree, env=env)
            self._indexed = self.tree
        return env

    def _side(self, part: FileDiff) -> Side | None:
        """What the tree has where the part begins."""
        path = part.path
        leaf = self._folders.leaf(self.tree, path) if path else None
        if leaf is None:
            return None
        if leaf.mode in (*REGULAR, LINK):
            return Side(leaf.oid, self._blob(leaf.oid))
        is_module = leaf.mode == SUBMODULE
        return Side(leaf.oid, b"Subproject commit %s\n" % leaf.oid.encode() if is_module else b"")


def _plain_path(part: FileDiff) -> bytes | None:
    """The path of a part that only changes, makes or removes lines of one file."""
    path = part.path
    if path is None or part.unread or not {part.old_path, part.new_path} <= {path, None}:
        return None
    return path if part.old_path is not None or is_plain(path) else None


def _text(blob: bytes | None) -> str:
    return (blob or b"").decode("ascii")
