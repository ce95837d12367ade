"""git's own merge of three trees, beside the store: what it needs and makes is thrown away.

A quarantine is an object directory of its own on top of the store's. Synthetic commits go there,
which tell git of every version, by their parents, what the merge base is; and what git writes.
Only what the caller wants to keep is taken into the store.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from stacker.git.alternates import lay_over
from stacker.git.facts import Kind
from stacker.git.merge import Conflicted
from stacker.git.merging import MergeTree
from stacker.git.objects import REGULAR, Commit, Oid, Signature
from stacker.git.pack import Pack
from stacker.git.process import Git
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stacker.git.merge import MergeOutcome
    from stacker.git.reader import Found

Sides = tuple[Oid, Oid, Oid]
"""Three trees: base, upstream, mine."""

Key = tuple[tuple[bytes, Oid], ...]
"""Files that say how others are merged, by path."""

_NOBODY = Signature(b"stacker", b"stacker@localhost", b"0 +0000")
_CONFIG = (
    ("core.looseCompression", "0"),
    ("core.fsync", "none"),
    ("merge.conflictStyle", "zdiff3"),
    ("merge.directoryRenames", "conflict"),
)
_ATTRIBUTES: Kind[Oid, dict[bytes, Oid]] = Kind()
_AT_ONCE = 100  # merges; their names fit into a pipe that nobody reads yet
_FOR_TWO = 24  # merges that are worth a second process


class Quarantine:
    """A throw-away object directory on top of a store's; made when it is first needed.

    A store keeps one as its companion: starting its processes takes as long as most merges.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._directory, self._algorithm = store.git.directory, store.algorithm
        self._below = store.objects
        self._closing = ExitStack()
        self._put: set[Oid] = set()
        self._merging: dict[Key, tuple[MergeTree, MergeTree]] = {}
        self._numbers = count()

    def close(self) -> None:
        """End its processes and throw away what they made."""
        self._closing.close()

    @cached_property
    def reader(self) -> ObjectStore:
        """Reads what is in here and in the store; never written to."""
        return self._closing.enter_context(ObjectStore(Git(self._directory, env=self._env)))

    def pack(self) -> Pack:
        """An empty pack for `put`."""
        return Pack(self._algorithm, level=0)

    def put(self, pack: Pack) -> None:
        """Let git see the objects of `pack`."""
        self._put |= pack.ids
        pack.write(self._objects, durable=False)

    def merge(
        self,
        merges: Sequence[Sides],
        attributes: Mapping[bytes, Oid],
        pack: Pack | None = None,
    ) -> list[MergeOutcome]:
        """What git makes of each of `merges`.

        `attributes` are the `.gitattributes` files (path -> blob) that say how files are merged;
        `pack` has objects that git needs to see.
        """
        pack = self.pack() if pack is None else pack
        asked = [self._named(sides, pack) for sides in merges]
        self.put(pack)
        try:
            return self._answered(asked, attributes)
        except BaseException:
            self._let_go(attributes)  # answers that nobody has read would be taken for the next
            raise

    def _answered(
        self, asked: Sequence[bytes], attributes: Mapping[bytes, Oid]
    ) -> list[MergeOutcome]:
        both = self._mergers(attributes)
        found: list[MergeOutcome] = []
        for start in range(0, len(asked), _AT_ONCE):
            some = asked[start : start + _AT_ONCE]
            working = both if len(some) >= _FOR_TWO else both[:1]
            for n, merger in enumerate(working):
                merger.ask(some[n :: len(working)])
            answers = [iter(merger.answers()) for merger in working]
            found += [next(answers[n % len(working)]) for n in range(len(some))]
        return found

    def made(self, oid: Oid) -> Found | None:
        """An object that is here and perhaps not in the store; `None` for one that it has."""
        if oid in self._put or (self._objects / oid[:2] / oid[2:]).exists():
            return self.reader.find(oid)
        return None

    def made_below(self, oid: Oid) -> Iterator[Found]:
        """That object and all those below it that the store may lack."""
        found = self.made(oid)
        if found is not None:
            yield found
            if found[0] == "tree":
                for entry in self.reader.tree(oid):
                    yield from self.made_below(entry.oid)

    def made_for(self, outcome: MergeOutcome) -> Iterator[Found]:
        """All that an outcome names: its tree, and sides that git merged over a rename."""
        yield from self.made_below(outcome.tree)
        for conflict in outcome.conflicts if isinstance(outcome, Conflicted) else ():
            for side in (conflict.base, conflict.upstream, conflict.mine):
                if side is not None and (found := self.made(side.oid)) is not None:
                    yield found

    @cached_property
    def _folder(self) -> Path:
        import tempfile  # noqa: PLC0415 - many rebases need no merge

        from stacker.git.worktree import remove_tree  # noqa: PLC0415 - as above

        folder = Path(tempfile.mkdtemp(prefix="stacker-merge-"))
        self._closing.callback(remove_tree, folder)
        return folder

    @cached_property
    def _objects(self) -> Path:
        objects = self._folder / "objects"
        lay_over(objects, self._below)
        return objects

    @property
    def _env(self) -> dict[str, str]:
        return {"GIT_OBJECT_DIRECTORY": str(self._objects)}

    def _named(self, sides: Sides, pack: Pack) -> bytes:
        """A line for git: two synthetic commits on one for the base."""
        base, upstream, mine = sides
        root = _commit(pack, base, ())
        return f"{_commit(pack, upstream, (root,))} {_commit(pack, mine, (root,))}\n".encode()

    def _mergers(self, attributes: Mapping[bytes, Oid]) -> tuple[MergeTree, MergeTree]:
        """Two processes that merge by these rules; started when they are first asked."""
        key = _key(attributes)
        if key not in self._merging:
            number = next(self._numbers)
            git = self._git(key, self._folder / f"attributes-{number}")
            first, second = (
                MergeTree(git, self._folder / f"said-{number}-{n}", self._tiny_conflict)
                for n in range(2)
            )
            self._closing.callback(first.close)
            self._closing.callback(second.close)
            self._merging[key] = first, second
        return self._merging[key]

    def _let_go(self, attributes: Mapping[bytes, Oid]) -> None:
        """End the processes that merge by these rules, if there are any."""
        for merger in self._merging.pop(_key(attributes), ()):
            merger.close()

    def _git(self, rules: Sequence[tuple[bytes, Oid]], folder: Path) -> Git:
        if not rules:
            return Git(self._directory, env=self._env, config=_CONFIG)
        # In a bare repository git reads no attributes; a folder that holds nothing but these files
        # is a worktree to it.
        folder.mkdir()
        for path, oid in rules:
            self._lay_out(folder, path, oid)
        where = {"GIT_DIR": str(self._directory.resolve()), "GIT_WORK_TREE": str(folder)}
        return Git(folder, env=self._env | where, config=_CONFIG)

    @cached_property
    def _tiny_conflict(self) -> bytes:
        pack = self.pack()
        trees = [
            pack.add("tree", b"100644 x\0" + bytes.fromhex(pack.add("blob", content)))
            for content in (b"before\n", b"one\n", b"other\n")
        ]
        asked = self._named((trees[0], trees[1], trees[2]), pack)
        self.put(pack)
        return asked

    def _lay_out(self, folder: Path, path: bytes, oid: Oid) -> None:
        parts = path.decode("utf-8", "surrogateescape").split("/")
        if any(p in ("", ".", "..") or p.lower() == ".git" or "\\" in p or ":" in p for p in parts):
            return  # no file that git would check out
        target = folder.joinpath(*parts)
        # A name that this system cannot have is one whose rules git could not read here either.
        with suppress(OSError):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.reader.blob(oid))


def merge_trees(store: ObjectStore, base: Oid, upstream: Oid, mine: Oid) -> MergeOutcome:
    """Merge three trees; what git wrote is in the store."""
    quarantine = store.companion(Quarantine)
    (outcome,) = quarantine.merge([(base, upstream, mine)], attributes_of(store, upstream))
    with store.bulk():
        for kind, _, content in quarantine.made_for(outcome):
            store.write(kind, content)
    return outcome


def merge(store: ObjectStore, base: Oid, upstream: Oid, mine: Oid) -> MergeOutcome:
    """The same for three commits, whatever their history is."""
    trees = [store.commit(oid).tree for oid in (base, upstream, mine)]
    return merge_trees(store, *trees)


def attributes_of(store: ObjectStore, tree: Oid) -> dict[bytes, Oid]:
    """All `.gitattributes` files of a tree, path -> blob."""
    known = store.facts.of(_ATTRIBUTES)
    if tree not in known:
        known[tree] = dict(_attribute_files(store.git.run("ls-tree", "-r", "-z", tree)))
    return dict(known[tree])


def _key(attributes: Mapping[bytes, Oid]) -> Key:
    return tuple(sorted(attributes.items()))


def _attribute_files(listing: bytes) -> Iterator[tuple[bytes, Oid]]:
    for line in listing.split(b"\0"):
        if line.endswith(b".gitattributes"):
            about, _, path = line.partition(b"\t")
            mode, _, oid = about.decode("ascii").split(" ")
            if path.rpartition(b"/")[2] == b".gitattributes" and mode in REGULAR:
                yield path, Oid(oid)


def _commit(pack: Pack, tree: Oid, parents: tuple[Oid, ...]) -> Oid:
    return pack.add("commit", Commit(tree, parents, _NOBODY, _NOBODY, b"a side of a merge\n").raw)
