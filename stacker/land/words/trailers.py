"""The name of a landing, and what its last commit says of it for recovery, reverts and people.
Pure.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.credits import parted
from stacker.git.objects import Oid, is_oid
from stacker.land.words.plain import plain, unjoined

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.land.candidate import Candidate
    from stacker.land.preflight import MemberFacts

_OURS = re.compile(r"Stacker-(?P<key>[A-Z][a-z]+): (?P<value>\S.*)")
_ANY = re.compile(rb"^\s*Stacker-[A-Za-z]+\s*:", re.IGNORECASE | re.MULTILINE)
_MEMBER = re.compile(r"#([0-9]{1,9})@([0-9a-f]{40}|[0-9a-f]{64})")
_COMMITS = re.compile(r"[1-9][0-9]{0,4}")


@dataclass(frozen=True, slots=True)
class LandingTold:
    """What a commit says of the landing that it ended: on which `base` it was made, how many
    `commits` of the branch it is, the numbers and heads of the members that have a pull request."""

    tx: str
    group: str
    base: Oid | None
    commits: int
    members: tuple[tuple[int, Oid], ...]


def transaction(
    name: str, candidate: Candidate, members: Sequence[MemberFacts], *, way: str, tries: int
) -> str:
    """The name of a landing: another base, head, change, way or try makes another one."""
    heads = (f"{m.stage} {m.head}" for m in members)
    return _hashed(name, candidate.base, candidate.commit, way, str(tries), *heads)


def revert_transaction(name: str, base: Oid, tree: Oid, way: str, tries: int) -> str:
    """The name of a revert: another tip or result makes another one."""
    return _hashed(name, base, tree, way, str(tries))


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


def revert_trailers(tx: str, base: Oid, landing: str | None) -> list[str]:
    """The same for the commit that takes `landing` back; `None` for a commit that was none."""
    end = [f"Stacker-Landing: {tx}", f"Stacker-Base: {base}", "Stacker-Commits: 1"]
    return [*end, f"Stacker-Revert: {landing}"] if landing else end


def landing_told(message: bytes) -> LandingTold | None:
    """What the last paragraph of a message says of a landing; what stands above is not ours."""
    last = parted(message)[1].decode("utf-8", "replace")
    said = [m for line in last.splitlines() if (m := _OURS.fullmatch(line))]
    told = {m["key"]: m["value"] for m in said}
    if "Landing" not in told:
        return None
    counted = told.get("Commits", "1")
    members = (_MEMBER.fullmatch(m["value"]) for m in said if m["key"] == "Member")
    return LandingTold(
        tx=told["Landing"],
        group=unjoined(told.get("Group", "")),
        base=Oid(told["Base"]) if is_oid(told.get("Base", "")) else None,
        commits=int(counted) if _COMMITS.fullmatch(counted) else 1,
        members=tuple((int(m[1]), Oid(m[2])) for m in members if m),
    )


def speaks_for_us(message: bytes) -> bool:
    """Whether a patch's message says what only a landing says, and a revert would believe."""
    return _ANY.search(message) is not None


def _hashed(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:20]
