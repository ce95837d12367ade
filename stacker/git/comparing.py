"""How changes compare as git sees them: range-diffs, and patch-ids that keep every space."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.git.store import ObjectStore

Range = tuple["Oid", "Oid"]
"""Commits from the first, which is not of it, up to the second."""


def range_diff(store: ObjectStore, old: Range, new: Range) -> bytes:
    """git's range-diff: which commit of `new` is which of `old`, and how each pair differs.

    Empty where one of them has no commits: git has nothing to compare, and refuses.
    """
    if old[0] == old[1] or new[0] == new[1]:
        return b""
    return store.git.run("range-diff", "--no-color", f"{old[0]}..{old[1]}", f"{new[0]}..{new[1]}")


def verbatim_ids(store: ObjectStore, diffs: Sequence[bytes]) -> list[str | None]:
    """`git patch-id --verbatim` of each diff, in order; `None` for one that changes nothing.

    An id stays when only line numbers and blob ids change; every space counts.
    """
    width = 40 if store.algorithm == "sha1" else 64
    told = [b"From %0*x\n" % (width, number) + diff for number, diff in enumerate(diffs, 1)]
    out = store.git.run("patch-id", "--verbatim", stdin=b"".join(told)).decode("ascii")
    found = {int(number, 16): one for one, number in (line.split() for line in out.splitlines())}
    return [found.get(number) for number in range(1, len(diffs) + 1)]
