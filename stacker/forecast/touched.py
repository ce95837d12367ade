"""What commits did to files, and inside which functions: read from git for many at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stacker.git.objects import Oid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.store import ObjectStore

_FORM = (
    "-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
    "--src-prefix=a/", "--dst-prefix=b/", "--format=commit %H",
)  # fmt: skip
_CONFIG = (("core.quotePath", "false"),)
_HUNK = re.compile(rb"@@ [^@]+ @@ ?(.*)")


class FileTouched(NamedTuple):
    """A file that a commit changed.

    `headings` are what git writes behind `@@`, the function in which lines changed; it is empty
    at the top of a file. `gone` when the commit left no file at the path.
    """

    path: bytes
    headings: frozenset[bytes]
    gone: bool


class Touched(NamedTuple):
    """A commit, and the files that it changed."""

    commit: Oid
    files: tuple[FileTouched, ...]


def by_patches(store: ObjectStore, patches: Iterable[Oid]) -> dict[Oid, tuple[FileTouched, ...]]:
    """What each of these commits changed."""
    asked = "".join(f"{oid}\n" for oid in patches).encode("ascii")
    out = store.git.run("diff-tree", "--stdin", "-r", *_FORM, stdin=asked, config=_CONFIG)
    return {one.commit: one.files for one in read(out)}


def by_upstream(
    store: ObjectStore, old: Oid, new: Oid, paths: Iterable[bytes]
) -> tuple[Touched, ...]:
    """What upstream's first-parent line after `old`, up to `new`, did to `paths`, oldest first."""
    named = [b":(literal)" + path for path in paths if b"\n" not in path]  # one a line
    if not named:
        return ()
    asked = b"\n".join([new.encode("ascii"), b"^" + old.encode("ascii"), b"--", *named, b""])
    form = ("--first-parent", "--reverse", *_FORM, "--stdin")
    return read(store.git.run("log", *form, stdin=asked, config=_CONFIG))


def moves(store: ObjectStore, commit: Oid) -> dict[bytes, bytes]:
    """The files that a commit renamed, by the paths that they had before, as git pairs them."""
    out = store.git.run(
        "diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", f"{commit}^1", commit
    )
    fields = iter(out.split(b"\0"))
    return {next(fields): next(fields) for status in fields if status}


def read(out: bytes) -> tuple[Touched, ...]:
    """Read git's diffs behind lines `commit ID`; a path that git has to quote is left out.

    No line of a file is taken for one of git's: it stands behind `+`, `-` or a backslash.
    """
    found: list[tuple[Oid, list[_Diff]]] = []
    for line in out.split(b"\n"):
        if line.startswith(b"commit "):
            found.append((Oid(line[7:].decode("ascii")), []))
        elif line.startswith(b"diff --git "):
            found[-1][1].append(_Diff(line[11:]))
        elif line.startswith(b"deleted file mode "):
            found[-1][1][-1].gone = True
        elif (hunk := _HUNK.match(line)) is not None and hunk[1].strip():
            found[-1][1][-1].headings.add(hunk[1].strip())
    return tuple(
        Touched(oid, tuple(diff.file for diff in diffs if not diff.is_quoted))
        for oid, diffs in found
    )


class _Diff:
    """The diff of one file, while it is read."""

    def __init__(self, names: bytes) -> None:
        """`names` are twice the same, `a/NAME b/NAME`."""
        self.is_quoted = not names.startswith(b"a/")
        self.path = names[2 : 2 + (len(names) - 5) // 2]
        self.headings: set[bytes] = set()
        self.gone = False

    @property
    def file(self) -> FileTouched:
        return FileTouched(self.path, frozenset(self.headings), self.gone)
