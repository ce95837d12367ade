"""Objects of one repository: read through one process, written as loose files or as a pack."""

from __future__ import annotations

import contextlib
import os
import re
import zlib
from typing import TYPE_CHECKING, Self

from stacker import held_files
from stacker.errors import GitError
from stacker.git import partial
from stacker.git.companions import Companions
from stacker.git.facts import Facts
from stacker.git.objects import Commit, Entry, Oid, entries
from stacker.git.pack import Pack, new_name, object_id
from stacker.git.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from stacker.git.companions import Made
    from stacker.git.pack import Like
    from stacker.git.process import Git
    from stacker.git.reader import Found

_AT_ONCE = 60  # names; what asks and what answers fit into any system's pipe
_FULL = 1 << 28  # bytes; then a pack of a bulk is written, and another one begun


class ObjectStore:
    """Reads and writes objects of one repository; close it, for it keeps a git process."""

    def __init__(self, git: Git, facts: Facts | None = None) -> None:
        self._git = git
        self.facts = facts or Facts()
        self._reader = Reader(git)
        self._commits: dict[Oid, Commit] = {}
        self._pack: Pack | None = None
        self._algorithm: str | None = None
        self._companions = Companions()

    @property
    def git(self) -> Git:
        """git for this repository; it sees all that was written so far."""
        self.flush()
        return self._git

    @property
    def objects(self) -> Path:
        """The folder of its objects."""
        return self._git.objects

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the reading process and the companions; who asks again has them again."""
        self._companions.close()
        self._reader.close()

    def companion(self, make: Callable[[ObjectStore], Made]) -> Made:
        """What `make` gives for this store, made once and closed with it; it sees all written."""
        self.flush()
        return self._companions.get(make, self)

    def find(self, rev: str) -> Found | None:
        """What `rev` names; `None` when there is no such object."""
        return self.find_many((rev,))[0]

    def find_many(self, revs: Sequence[str]) -> list[Found | None]:
        """What each of `revs` names, in the same order; asked at once, not one by one."""
        if self._pack is not None and any(self._is_pending(rev) for rev in revs):
            self.flush()
        found: list[Found | None] = []
        for start in range(0, len(revs), _AT_ONCE):
            asked = [r for r in revs[start : start + _AT_ONCE] if r and "\n" not in r]
            answers = self._reader.ask(asked)
            found += [
                next(answers) if r and "\n" not in r else None
                for r in revs[start : start + _AT_ONCE]
            ]
        return found

    def sizes(self, oids: Collection[Oid]) -> dict[Oid, int]:
        """How many bytes each of these objects has; all are there."""
        asked = "".join(f"{oid}\n" for oid in oids).encode("ascii")
        out = self.git.run("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=asked)
        lines = (line.split(" ") for line in out.decode("ascii").splitlines())
        return {Oid(oid): int(size) for oid, size in lines}

    def kinds(self, oids: Collection[Oid]) -> dict[Oid, str]:
        """What each of these objects is (`commit`, …), without those that are not there."""
        asked = "".join(f"{oid}\n" for oid in self._reader.here(oids)).encode("ascii")
        out = self.git.run("cat-file", "--batch-check=%(objectname) %(objecttype)", stdin=asked)
        words = (line.split(" ") for line in out.decode("ascii").splitlines())
        return {Oid(oid): kind for oid, kind in words if kind != "missing"}

    def resolve(self, rev: str) -> Oid | None:
        """The commit that `rev` names, tags peeled; `None` when there is none."""
        found = self.find(rev + "^{commit}")
        return found[1] if found else None

    def commit(self, oid: Oid) -> Commit:
        """The commit `oid`; raises `GitError` when the store lacks it."""
        if oid not in self._commits:
            self._commits[oid] = Commit.parse(self.raw(oid, "commit"))
        return self._commits[oid]

    def commits(self, oids: Iterable[Oid]) -> dict[Oid, Commit]:
        """Many commits, read at once; raises `GitError` when the store lacks one."""
        wanted = dict.fromkeys(oids)
        asked = [oid for oid in wanted if oid not in self._commits]
        for oid, found in zip(asked, self.find_many(asked), strict=True):
            if found is not None and found[0] == "commit":
                self._commits[oid] = Commit.parse(found[2])
        return {oid: self.commit(oid) for oid in wanted}

    def remember(self, oid: Oid, commit: Commit) -> None:
        """Spare the reading of a commit that somebody is about to bring into the store."""
        self._commits[oid] = commit

    def blob(self, oid: Oid) -> bytes:
        """The content of the blob `oid`."""
        return self.raw(oid, "blob")

    def tree(self, oid: Oid) -> tuple[Entry, ...]:
        """The entries of the tree `oid`, in git's order."""
        return entries(self.raw(oid, "tree"), len(oid) // 2)

    def trees(self, oids: Iterable[Oid]) -> dict[Oid, tuple[Entry, ...]]:
        """Many trees, read at once; raises `GitError` when the store lacks one."""
        wanted = list(dict.fromkeys(oids))
        return {
            oid: entries(found[2], len(oid) // 2) if found else self.tree(oid)
            for oid, found in zip(wanted, self.find_many(wanted), strict=True)
        }

    def files(self, tree: Oid, prefix: bytes = b"") -> Iterator[Entry]:
        """Every file below `tree`, its name being the whole path."""
        for entry in self.tree(tree):
            path = prefix + entry.name
            if entry.mode == "040000":
                yield from self.files(entry.oid, path + b"/")
            else:
                yield entry._replace(name=path)

    def entry_at(self, rev: str, path: bytes) -> Entry | None:
        """The entry at `path` in the tree of `rev`; `None` when there is nothing."""
        found = self.find(rev + "^{tree}")
        here = found[1] if found else None
        parts = path.split(b"/")
        for depth, part in enumerate(parts):
            match = next((e for e in self.tree(here) if e.name == part), None) if here else None
            if match is None or depth == len(parts) - 1:
                return match._replace(name=path) if match else None
            here = match.oid if match.mode == "040000" else None
        return None

    @contextlib.contextmanager
    def bulk(self) -> Iterator[None]:
        """Objects written inside come into the store together, as one pack, at its end.

        They come earlier when one of them is read or git is run; after an error not at all.
        """
        if self._pack is not None:
            yield
            return
        self._pack = Pack(self.algorithm)
        try:
            yield
            self.flush()
        finally:
            self._pack = None

    def _is_pending(self, rev: str) -> bool:
        return self._pack is not None and rev.split("^", 1)[0].split(":", 1)[0] in self._pack

    def flush(self) -> None:
        """What a bulk holds comes into the store now."""
        if self._pack:
            full, self._pack = self._pack, Pack(self.algorithm)
            full.write(self.objects)

    def write(self, kind: str, content: bytes, like: Like | None = None) -> Oid:
        """Store an object and return its id; `like` may name one of this bulk that it resembles.

        Outside a bulk an object that exists is left as it is.
        """
        if self._pack is not None:
            if self._pack.size > _FULL:
                self.flush()
            return self._pack.add(kind, content, like)
        oid = object_id(self.algorithm, kind, content)
        place = self.objects / oid[:2] / oid[2:]
        if place.exists():
            return oid
        place.parent.mkdir(parents=True, exist_ok=True)
        half = new_name(place.parent, "tmp_obj_")
        with half.open("xb") as file:
            file.write(zlib.compress(f"{kind} {len(content)}".encode("ascii") + b"\0" + content, 1))
            file.flush()
            os.fsync(file.fileno())
        half.chmod(0o444)
        held_files.replace(half, place)
        return oid

    def write_commit(self, commit: Commit) -> Oid:
        """Store `commit` and return its id."""
        oid = self.write("commit", commit.raw)
        self._commits[oid] = commit
        return oid

    def write_tree(self, entries: dict[bytes, Entry]) -> Oid:
        """Store nested trees for files given by whole path; values' names are ignored."""
        here: dict[bytes, Entry] = {}
        deeper: dict[bytes, dict[bytes, Entry]] = {}
        for path, entry in entries.items():
            head, slash, rest = path.partition(b"/")
            if slash:
                deeper.setdefault(head, {})[rest] = entry
            else:
                here[head] = entry
        for name, below in deeper.items():
            here[name] = Entry("040000", self.write_tree(below), name)
        # git sorts a directory as if its name ended in a slash.
        names = sorted(here, key=lambda n: n + b"/" if here[n].mode == "040000" else n)
        parts = (
            here[n].mode.lstrip("0").encode() + b" " + n + b"\0" + bytes.fromhex(here[n].oid)
            for n in names
        )
        return self.write("tree", b"".join(parts))

    @property
    def algorithm(self) -> str:
        """The hash that makes this repository's ids: `sha1` or `sha256`."""
        if self._algorithm is None:
            config = self._git.directory / "config"
            if config.is_file():  # a bare repository; asking git would cost a process
                format256 = re.search(
                    rb"^\s*objectformat\s*=\s*sha256",
                    config.read_bytes(),
                    re.MULTILINE | re.IGNORECASE,
                )
                self._algorithm = "sha256" if format256 else "sha1"
            else:
                self._algorithm = self._git.text("rev-parse", "--show-object-format")
        return self._algorithm

    def raw(self, oid: Oid, kind: str) -> bytes:
        """The content of an object of that kind; raises `GitError` when there is none."""
        found = self.find(oid)
        if found is None and kind == "blob" and partial.is_partial(self._git):
            partial.bring(self._git, oid)
            found = self.find(oid)
        if found is None:
            raise GitError(
                f"the object store lacks {kind} {oid}",
                hint="Run `stacker doctor`; a fetch of upstream or of your fork may bring it back.",
            )
        if found[0] != kind:
            raise GitError(f"{oid} is a {found[0]}, not a {kind}")
        return found[2]
