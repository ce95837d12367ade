"""Objects of a git repository as values."""

from __future__ import annotations

from typing import NamedTuple, NewType

from stacker.errors import GitError

Oid = NewType("Oid", str)
"""A full object id, 40 (SHA-1) or 64 (SHA-256) lower-case hex digits."""

REGULAR = ("100644", "100755")
"""The modes of files with content of their own."""

LINK = "120000"
"""The mode of a symbolic link; its content is where it leads."""

SUBMODULE = "160000"
"""The mode of an entry that names a commit of another repository."""


def is_oid(text: str) -> bool:
    """Whether `text` has the form of a full object id."""
    return len(text) in (40, 64) and not text.strip("0123456789abcdef")


class Signature(NamedTuple):
    """Who and when, as raw bytes: `when` is seconds since 1970 and a zone, `1549000000 +0100`."""

    name: bytes
    email: bytes
    when: bytes

    @classmethod
    def parse(cls, raw: bytes) -> Signature:
        """Read `Name <mail> seconds zone`; a line that git would not write raises `GitError`."""
        name, opened, rest = raw.partition(b"<")
        email, closed, when = rest.rpartition(b">")
        if not opened or not closed:
            raise GitError(f"unreadable author line {raw!r}")
        return cls(name.removesuffix(b" "), email, when.removeprefix(b" "))

    @property
    def raw(self) -> bytes:
        """The line as it stands in a commit object."""
        return self.name + b" <" + self.email + b"> " + self.when

    @property
    def seconds(self) -> int:
        """The time, in seconds since 1970."""
        return int(self.when.split()[0])

    def text(self) -> str:
        """`Name <mail>` for people; bytes that are no UTF-8 are escaped."""
        name, email = (x.decode("utf-8", "backslashreplace") for x in (self.name, self.email))
        return f"{name} <{email}>"


class Commit(NamedTuple):
    """A commit object. `extra` holds header lines that are neither of the known ones."""

    tree: Oid
    parents: tuple[Oid, ...]
    author: Signature
    committer: Signature
    message: bytes
    encoding: bytes | None = None
    extra: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, raw: bytes) -> Commit:
        """Read the body of a commit object."""
        head, _, message = raw.partition(b"\n\n")
        tree, parents, encoding = Oid(""), list[Oid](), None
        author = committer = Signature(b"", b"", b"0 +0000")
        extra: list[bytes] = []
        for line in head.split(b"\n"):
            key, _, value = line.partition(b" ")
            match key:
                case b"tree":
                    tree = Oid(value.decode("ascii"))
                case b"parent":
                    parents.append(Oid(value.decode("ascii")))
                case b"author":
                    author = Signature.parse(value)
                case b"committer":
                    committer = Signature.parse(value)
                case b"encoding":
                    encoding = value
                case b"" if extra:  # a continuation line, of a signature for example
                    extra[-1] += b"\n" + line
                case _:
                    extra.append(line)
        return cls(tree, tuple(parents), author, committer, message, encoding, tuple(extra))

    @property
    def raw(self) -> bytes:
        """The body of the commit object."""
        lines = [b"tree " + self.tree.encode("ascii")]
        lines += [b"parent " + parent.encode("ascii") for parent in self.parents]
        lines += [b"author " + self.author.raw, b"committer " + self.committer.raw]
        if self.encoding is not None:
            lines.append(b"encoding " + self.encoding)
        return b"\n".join([*lines, *self.extra]) + b"\n\n" + self.message

    @property
    def subject(self) -> str:
        """The first line of the message, for people."""
        text = self.message.lstrip(b"\n").split(b"\n", 1)[0]
        return text.decode("utf-8", "backslashreplace").strip()

    def moved(self, tree: Oid, parents: tuple[Oid, ...]) -> Commit:
        """The same change elsewhere: author and message kept, committer fixed by rule.

        The committer repeats the author, and signatures are left out, so that everybody who
        puts the same patch on the same parent gets the same id.
        """
        return self._replace(tree=tree, parents=parents, committer=self.author, extra=())


class Entry(NamedTuple):
    """One entry of a tree: mode as git writes it (`100644`), id, and the name's raw bytes."""

    mode: str
    oid: Oid
    name: bytes


def entries(raw: bytes, width: int) -> tuple[Entry, ...]:
    """The entries of a raw tree whose ids have `width` bytes."""
    found, at = [], 0
    while at < len(raw):
        space = raw.index(b" ", at)
        end = raw.index(b"\0", space)
        mode = raw[at:space].decode("ascii").rjust(6, "0")
        at = end + 1 + width
        found.append(Entry(mode, Oid(raw[end + 1 : at].hex()), raw[space + 1 : end]))
    return tuple(found)
