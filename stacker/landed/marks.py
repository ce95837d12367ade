"""Where to look: which commits of upstream change lines that a change has too.

A change can only come to a commit, or leave it, by lines that it adds or takes away; only where
such lines change it is tried. This says what to try first and decides nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.git.objects import Oid
from stacker.series.patches.diffs import diffs_between

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stacker.git.store import ObjectStore
    from stacker.landed.presence import Change

Marks = dict[bytes | None, frozenset[bytes] | None]
"""The lines that change, by path, without blanks around them; `None` where they cannot be told.

The path `None` stands for all that git has to quote.
"""

_FORM = (
    "-p", "-U0", "--no-renames", "--no-color", "--no-ext-diff", "--no-textconv",
    "--src-prefix=a/", "--dst-prefix=b/", "--format=commit %H",
)  # fmt: skip
_CONFIG = (("core.quotePath", "false"),)
_SHORTEST = 3  # bytes; a bracket stands everywhere


def marks_of(store: ObjectStore, changes: Iterable[Change]) -> dict[Change, Marks]:
    """Those of each change."""
    wanted = list(changes)
    commits = [store.commit(change.commit) for change in wanted]
    pairs = [(store.commit(one.parents[0]).tree, one.tree) for one in commits]
    diffs = diffs_between(store, pairs, renames=False)
    return {change: _marks(diff) for change, diff in zip(wanted, diffs, strict=True)}


def upstream_marks(
    store: ObjectStore, old: Oid, new: Oid, paths: Iterable[bytes | None]
) -> dict[Oid, Marks]:
    """Those of every commit of upstream's first-parent line that changes one of `paths`.

    All commits that change anything are read if one of the paths cannot be told.
    """
    wanted = list(paths)
    named = [b":(literal)" + path for path in wanted if path is not None and b"\n" not in path]
    some = named if len(named) == len(wanted) else []
    asked = b"\n".join([new.encode("ascii"), b"^" + old.encode("ascii"), b"--", *some, b""])
    out = store.git.run("log", "--first-parent", "-m", *_FORM, "--stdin", stdin=asked,
                        config=_CONFIG)  # fmt: skip
    commits = (text.partition(b"\n") for text in (b"\n" + out).split(b"\ncommit ")[1:])
    return {Oid(oid.decode("ascii")): _marks(diff) for oid, _, diff in commits}


def meet(mine: Marks, theirs: Marks) -> bool:
    """Whether two changes may have to do with each other."""
    if None in mine or None in theirs:
        return True
    for path in mine.keys() & theirs.keys():
        here, there = mine[path], theirs[path]
        if here is None or there is None or here & there:
            return True
    return False


def _marks(diff: bytes) -> Marks:
    """Read git's diffs. No line of a file is taken for one of git's: it stands behind a sign."""
    found: Marks = {}
    for text in (b"\n" + diff).split(b"\ndiff --git ")[1:]:
        names, _, rest = text.partition(b"\n")
        path = names[2 : 2 + (len(names) - 5) // 2] if names.startswith(b"a/") else None
        found[path] = _lines(rest)
    return found


def _lines(text: bytes) -> frozenset[bytes] | None:
    """The changed lines of one file, behind its head; `None` where there are none to compare."""
    _, hunks, body = (b"\n" + text).partition(b"\n@@ ")
    changed = (line[1:].strip() for line in body.split(b"\n") if line[:1] in (b"+", b"-"))
    lines = frozenset(line for line in changed if len(line) >= _SHORTEST)
    return lines if hunks and lines else None
