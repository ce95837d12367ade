"""git's diffs of many pairs of trees, from one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import GitError
from stacker.git.facts import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

_FORM = (
    "-r", "-p", "--full-index", "--binary", "--no-color",
    "--no-ext-diff", "--no-textconv", "--diff-algorithm=default", "--unified=3",
    "--src-prefix=a/", "--dst-prefix=b/", "--ignore-submodules=none",
)  # fmt: skip
_DIFFS: Kind[tuple[Oid, Oid, bool], bytes] = Kind()
_WORTH_KEEPING = 1 << 16  # bytes; there may be thousands


def diffs_between(
    store: ObjectStore, pairs: Sequence[tuple[Oid, Oid]], *, renames: bool = True
) -> list[bytes]:
    """The change from the first to the second tree of each pair, in order: git's diff with full
    blob ids, byte-stable. Raises `GitError` when the store lacks something.

    Without `renames` a moved file is one that goes and one that comes, whole.
    """
    known = store.facts.of(_DIFFS)
    told = {(old, new): known.get((old, new, renames)) for old, new in pairs if old != new}
    if asked := [pair for pair, diff in told.items() if diff is None]:
        read = dict(zip(asked, _read(store, asked, renames=renames), strict=True))
        told |= read
        known |= {(*p, renames): diff for p, diff in read.items() if len(diff) <= _WORTH_KEEPING}
    return [told.get(pair) or b"" for pair in pairs]


def _read(store: ObjectStore, asked: Sequence[tuple[Oid, Oid]], *, renames: bool) -> list[bytes]:
    heads = [f"{old} {new}\n".encode("ascii") for old, new in asked]
    moved = "--find-renames" if renames else "--no-renames"
    out = store.git.run_halves("diff-tree", "--stdin", *_FORM, moved, lines=heads)
    return _split(out, heads)


def _split(out: bytes, heads: Sequence[bytes]) -> list[bytes]:
    """The diffs in `out`; git repeats the line that asked for a diff before it, even if empty.

    Such a line, two ids and nothing else, is in no diff, whatever the files and their names hold:
    what comes from a file stands behind ` `, `+`, `-` or `@@`, or is encoded without spaces if it
    is binary; every line of a head begins with a word of git's, and git quotes a name that has a
    line end.
    """
    starts: list[int] = []
    at = 0
    for head in heads:
        at = _line_at(out, head, at)
        starts.append(at)
        at += len(head)
    ends = [*starts[1:], len(out)]
    return [out[s + len(h) : e] for s, e, h in zip(starts, ends, heads, strict=True)]


def _line_at(out: bytes, line: bytes, at: int) -> int:
    """Where the whole line `line` is, from the beginning of a line at `at` on."""
    if out.startswith(line, at):
        return at
    before = out.find(b"\n" + line, at)
    if before < 0:
        raise GitError(
            f"git did not say how {line.decode('ascii').strip()} differ",
            hint="The object store lacks something: run `stacker doctor`.",
        )
    return before + 1
