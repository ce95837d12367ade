"""A bare repository of the hub: its refs, what contains what, and new commits on top."""

from __future__ import annotations

import os
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.merge import Merged
from stacker.git.objects import Commit, Oid, Signature, is_oid
from stacker.git.process import Git
from stacker.git.quarantine import merge
from stacker.git.refs import listed, named_by_head
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ZERO = "0" * 40
GITHUB = (b"GitHub", b"noreply@github.com")
HEADS = "refs/heads/"
_BORROWED = "GIT_ALTERNATE_OBJECT_DIRECTORIES"


@dataclass(frozen=True, slots=True)
class Found:
    """A commit together with its id."""

    oid: str
    commit: Commit


Born = tuple[int, int]


@lru_cache(1 << 12)
def _of_ids(path: Path, born: tuple[Born, ...], borrowed: str, *args: str) -> bytes:
    """What git says of commits that are named by their ids: for ever the same, if they are there.

    `born` tells repositories apart that are one after the other at the same path: what was in one
    need not be in the next. It raises `GitError` where git says no, and is asked again then:
    perhaps one was not there.
    """
    del born
    return Git(path).run(*args, env={_BORROWED: borrowed} if borrowed else {})


def _born(path: Path) -> Born:
    """Which repository it is that is at a path now: its configuration was made with it."""
    try:
        made = (path / "config").stat()
    except OSError:
        return 0, 0
    return made.st_ino, made.st_ctime_ns


class Bare:
    """One bare repository, together with those whose objects it may borrow while it reads."""

    def __init__(self, path: Path, *borrowed: Path) -> None:
        self.path = path
        self._git = Git(path)
        self._env: dict[str, str] = {}
        self._born = tuple(_born(each) for each in (path, *borrowed))
        if borrowed:
            folders = [str(each / "objects") for each in borrowed if each != path]
            self._env[_BORROWED] = os.pathsep.join(folders)

    def refs(self, *prefixes: str) -> dict[str, str]:
        """Every ref under the prefixes (whole path components) with what it points to."""
        read = listed(self.path, *prefixes)
        if read is not None:
            return read
        out = self._text("for-each-ref", "--format=%(objectname) %(refname)", *prefixes)
        pairs = (line.split(" ", 1) for line in out.splitlines())
        return {name: oid for oid, name in pairs}

    def branch(self, name: str) -> str | None:
        """The commit a branch points to."""
        return self.ref(HEADS + name)

    def ref(self, name: str) -> str | None:
        """What the ref with this full name points to."""
        return self.refs(name).get(name) if valid_ref(name) else None

    def resolve(self, rev: str) -> str | None:
        """The commit that a branch, tag, full ref or (abbreviated) id names, as GitHub reads it."""
        hexadecimal = 4 <= len(rev) <= 64 and all(c in "0123456789abcdef" for c in rev)
        if hexadecimal and is_oid(rev):
            return self._commit(rev)
        for name in (HEADS + rev, "refs/tags/" + rev, rev if rev.startswith("refs/") else ""):
            if name and valid_ref(name) and (oid := self._commit(name)):
                return oid
        return self._commit(rev) if hexadecimal else None

    def _commit(self, rev: str) -> str | None:
        done = self._git.attempt(
            "rev-parse", "--verify", "--quiet", "--end-of-options", rev + "^{commit}", env=self._env
        )
        return done.out.decode("ascii").strip() if done.code == 0 else None

    def kind(self, oid: str) -> str | None:
        """The kind of the object `oid`, when there is one."""
        done = self._git.attempt("cat-file", "-t", oid, env=self._env)
        return done.out.decode("ascii").strip() if done.code == 0 else None

    def file(self, commit: str, path: str) -> str | None:
        """The id of the content of a file of a commit, when there is one."""
        literal = f":(top,literal){path}"
        entry = self.raw("ls-tree", "-z", commit, "--", literal).rstrip(b"\0")
        mode, _, rest = entry.partition(b" ")
        return rest.split()[1].decode("ascii") if mode in {b"100644", b"100755"} else None

    def contains(self, tip: str, commit: str) -> bool:
        """Whether `commit` is `tip` or one of its ancestors; a commit not here is not."""
        if commit == tip:
            return True
        try:
            self._told("merge-base", "--is-ancestor", commit, tip)
        except GitError:
            return False
        return True

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor, if the histories have any."""
        done = self._git.attempt("merge-base", one, other, env=self._env)
        return done.out.decode("ascii").split()[0] if done.code == 0 else None

    def count(self, base: str, head: str) -> int:
        """How many commits `head` has that `base` has not."""
        return int(self._told("rev-list", "--count", head, "^" + base))

    def ids_between(self, base: str, head: str, *, merges: bool = True) -> list[str]:
        """The ids of the commits that `head` has and `base` has not, oldest first."""
        flags = [] if merges else ["--no-merges"]
        out = self._told("rev-list", "--reverse", "--topo-order", *flags, head, "^" + base)
        return out.decode("ascii").splitlines()

    def between(self, base: str, head: str, *, merges: bool = True) -> list[Found]:
        """The same commits themselves."""
        return self.commits(self.ids_between(base, head, merges=merges))

    def size(self, base: str, head: str) -> tuple[int, int, int]:
        """Lines added, lines deleted and files changed from the merge base to `head`."""
        try:
            out = self._told("diff", "--numstat", f"{base}...{head}")
        except GitError:  # histories that have nothing in common are compared as they are
            out = self._told("diff", "--numstat", base, head)
        rows = [line.split(b"\t") for line in out.splitlines()]
        sums = [sum(int(row[i]) for row in rows if row[i].isdigit()) for i in (0, 1)]
        return sums[0], sums[1], len(rows)

    def commits(self, oids: Sequence[str]) -> list[Found]:
        """The commits with these ids, in the same order."""
        asked = "".join(oid + "\n" for oid in oids).encode("ascii")
        out = self._git.run("cat-file", "--batch", stdin=asked, env=self._env)
        found: list[Found] = []
        while out:
            header, _, out = out.partition(b"\n")
            words = header.split()
            if len(words) != 3 or words[1] != b"commit":
                raise GitError(f"no such commit: {header.decode('ascii', 'replace')}")
            size = int(words[2])
            found.append(Found(words[0].decode("ascii"), Commit.parse(out[:size])))
            out = out[size + 1 :]
        return found

    def entered_by(self, tip: str, commit: str) -> str:
        """The commit by which `commit` came into the first-parent line of `tip`."""
        out = self._text("rev-list", "--reverse", "--first-parent", "--parents", tip, "^" + commit)
        line = [row.split()[:2] for row in out.splitlines()]
        if not line or line[0][1:] == [commit]:
            return commit  # it is on that line itself
        # Whatever follows a commit that contains it contains it too.
        first = bisect_left(line, True, key=lambda row: self.contains(row[0], commit))
        return line[min(first, len(line) - 1)][0]

    def move(self, name: str, new: str, old: str) -> bool:
        """Move a ref from `old` to `new` (either may be ZERO); False when it was elsewhere."""
        change = f"update {name}\0{new}\0{old}\0" if new != ZERO else f"delete {name}\0{old}\0"
        done = self._git.attempt("update-ref", "--stdin", "-z", stdin=change.encode())
        return done.code == 0

    def put(self, refs: Mapping[str, str | None]) -> None:
        """Set refs of the hub's own (None: delete) wherever they are now."""
        lines = [
            f"delete {name}\0\0" if oid is None else f"update {name}\0{oid}\0\0"
            for name, oid in refs.items()
        ]
        if lines:
            self._git.run("update-ref", "--stdin", "-z", stdin="".join(lines).encode())

    def fetch(self, source: Path, refs: Mapping[str, str]) -> None:
        """Copy commits of another repository and set refs on them (full name to id)."""
        wanted = [f"+{oid}:{name}" for name, oid in refs.items()]
        self._git.run(
            "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-auto-gc",
            str(source), *wanted, config=(("safe.directory", "*"), ("safe.bareRepository", "all")),
        )  # fmt: skip

    def merge(self, base: str, head: str) -> str | None:
        """The tree of the merge of two commits, as `git merge` makes it; None on a conflict."""
        done = self._git.attempt("merge-tree", "--write-tree", "--no-messages", base, head)
        if done.code not in (0, 1):
            return None  # histories without a common ancestor
        return done.out.split()[0].decode("ascii") if done.code == 0 else None

    def write(self, commit: Commit) -> str:
        """Store a commit; the answer is its id."""
        with ObjectStore(self._git) as store:
            return store.write_commit(commit)

    def replay(self, base: str, head: str, committer: Signature) -> str | None:
        """The commits of `head` that `base` lacks, merges left out, put on `base` one by one.

        None when one of them conflicts.
        """
        tip = Oid(base)
        picked = self.between(base, head, merges=False)
        with ObjectStore(self._git) as store:
            for each in picked:
                parent = each.commit.parents[0] if each.commit.parents else None
                if parent is None:
                    return None
                outcome = merge(store, parent, tip, Oid(each.oid))
                if not isinstance(outcome, Merged):
                    return None
                moved = each.commit.moved(outcome.tree, (tip,))
                tip = store.write_commit(
                    Commit(moved.tree, moved.parents, moved.author, committer, moved.message)
                )
        return str(tip)

    def default_branch(self) -> str:
        """The branch that HEAD names."""
        name = named_by_head(self.path) or self._text("symbolic-ref", "HEAD")
        return name.removeprefix(HEADS)

    def set_default_branch(self, name: str) -> None:
        """Let HEAD name this branch."""
        self._git.run("symbolic-ref", "HEAD", HEADS + name)

    def raw(self, *args: str) -> bytes:
        """The raw output of a git command that only reads."""
        return self._git.run(*args, env=self._env)

    def _told(self, *args: str) -> bytes:
        return _of_ids(self.path, self._born, self._env.get(_BORROWED, ""), *args)

    def _text(self, *args: str) -> str:
        return self.raw(*args).decode("utf-8", "surrogateescape").strip()


def valid_ref(name: str) -> bool:
    """Whether git would take this as the full name of a ref (git check-ref-format's rules)."""
    parts = name.split("/")
    bad = any(ord(c) <= 32 or c in "~^:?*[\\\x7f" for c in name) or ".." in name or "@{" in name
    return (
        name.startswith("refs/")
        and len(parts) > 2
        and not bad
        and not name.endswith(".")
        and all(part and part[0] != "." and not part.endswith(".lock") for part in parts)
    )
