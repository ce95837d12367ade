"""One commit on one base, as git carries it by mail, and as stacker does by a patch file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.objects import Commit, Oid, Signature
from stacker.git.process import Git
from stacker.git.store import ObjectStore
from stacker.series.patches.committing import commits_of
from stacker.series.patches.diffs import diffs_between
from stacker.series.patches.patchfile import Patch, serialise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

AUTHOR = Signature(b"Paul Monson", b"paulmon@example.org", b"1556200000 -0700")
CHANGED = b"one\ntwo\n"


def by(
    name: bytes = b"Paul Monson", email: bytes = b"p@example.org", when: bytes = b"1 +0200"
) -> Signature:
    """An author."""
    return Signature(name, email, when)


class Lab:
    """A repository whose commit `base` has the file `a.txt`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._git = Git(folder)
        self._git.run("init", "-q", "-b", "work", ".")
        self.store = ObjectStore(Git(folder / ".git"))
        for key, value in (("name", "C"), ("email", "c@example.org")):
            self._git.run("config", f"user.{key}", value)
        (folder / "a.txt").write_bytes(b"one\n")
        self._git.run("add", "-A")
        self._git.run("commit", "-q", "-m", "base")
        self.base = Oid(self._git.text("rev-parse", "HEAD"))

    def commit(
        self,
        message: bytes = b"subject\n",
        author: Signature = AUTHOR,
        encoding: bytes | None = None,
        content: bytes = CHANGED,
    ) -> Oid:
        """A commit on `base` that puts `content` into `a.txt`."""
        tree = self.store.write(
            "tree", b"100644 a.txt\0" + bytes.fromhex(self.store.write("blob", content))
        )
        return self.store.write_commit(
            Commit(Oid(tree), (self.base,), author, AUTHOR, message, encoding)
        )

    def mail(self, oid: Oid, *options: str) -> bytes:
        """The commit as git's `format-patch` writes it, with the user's defaults."""
        return self._git.run("format-patch", "--stdout", *options, f"{oid}^..{oid}")

    def am(
        self, mail: bytes, *options: str, config: Sequence[tuple[str, str]] = ()
    ) -> Commit | None:
        """The commit that `git am` makes of a mail on the base; `None` when it makes none."""
        self._git.attempt("am", "--quit")
        self._git.run("checkout", "-q", "-f", "-B", "work", self.base)
        done = self._git.attempt("am", "-q", *options, stdin=mail, config=config)
        if done.code != 0:
            return None
        return Commit.parse(self._git.run("cat-file", "commit", "work"))

    def by_git(self, oid: Oid, *options: str) -> Commit | None:
        """What git's own mail makes of a commit; `None` when git writes or takes none."""
        done = self._git.attempt("format-patch", "--stdout", "--binary", f"{oid}^..{oid}")
        return self.am(done.out, *options) if done.code == 0 else None

    def patch(self, oid: Oid) -> Patch:
        """The commit as what a patch file says."""
        commit = self.store.commit(oid)
        [diff] = diffs_between(self.store, [(self.store.commit(self.base).tree, commit.tree)])
        return Patch(commit.author, commit.message, commit.encoding, diff)

    def file(self, oid: Oid) -> bytes:
        """The commit's patch file."""
        return serialise(self.patch(oid))

    def by_us(self, oid: Oid) -> Commit:
        """What our patch file makes of a commit; read back from the store."""
        [made] = commits_of(self.store, [("p", self.file(oid))], self.base)
        return Commit.parse(self._git.run("cat-file", "commit", made))

    def is_exact(self, oid: Oid) -> bool:
        """Whether a patch file keeps tree, author, message and encoding."""
        return same(self.store.commit(oid), self.by_us(oid))


def same(one: Commit, other: Commit | None) -> bool:
    """Whether two commits say the same, apart from who committed them on what."""
    return other is not None and all(
        getattr(one, name) == getattr(other, name)
        for name in ("tree", "author", "message", "encoding")
    )
