"""The name of a landing, and what its last commit says of it for recovery, reverts and people.
Pure.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from stacker.land.words.plain import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.objects import Oid
    from stacker.land.candidate import Candidate
    from stacker.land.preflight import MemberFacts


def transaction(name: str, candidate: Candidate, members: Sequence[MemberFacts]) -> str:
    """The name of a landing: another base, head or change makes another one."""
    parts = [name, candidate.base, candidate.tree, *(f"{m.stage} {m.head}" for m in members)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]


def trailers(
    tx: str, name: str, members: Sequence[MemberFacts], base: Oid, commits: int
) -> list[str]:
    """What stands at the end of the last landed commit: also what it was made on, and how many
    commits of the branch it is."""
    found = [
        f"Stacker-Landing: {tx}", f"Stacker-Group: {plain(name)}",
        f"Stacker-Base: {base}", f"Stacker-Commits: {commits}",
    ]  # fmt: skip
    for member in members:
        number = f"#{member.pull.number}" if member.pull else plain(member.stage)
        found.append(f"Stacker-Member: {number}@{member.head}")
    return found
