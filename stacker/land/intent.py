"""The intent of a landing: written down, whole and immutable, before anything is done elsewhere.

One file a landing under `.stacker/landings/`; its `step` is the write-ahead journal: it is
advanced, and on disk, before the effect that it names.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from stacker.git.objects import Oid, is_oid
from stacker.land.outcome import Way
from stacker.series.directory import write_atomically
from stacker.series.plan.model import StageId

if TYPE_CHECKING:
    from pathlib import Path


class Step(StrEnum):
    """How far a landing went; each is written before the effect it names is begun."""

    LOCKING = "locking"
    COMMITTING = "committing"
    SETTLING = "settling"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class IntendedMember:
    """A member as it was cleared: its pull request, the head that was approved, what lands."""

    stage: StageId
    number: int | None
    head: Oid
    landed_as: Oid


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What is to happen: `candidate` becomes the target branch's tip, whose tip is `base` now.

    `lock` is the commit that the lock ref names meanwhile; `landing_pull` the pull request that
    is merged where the forge does it, and `squash` whether that makes one commit of all.
    """

    tx: str
    name: str
    repository: str
    branch: str
    base: Oid
    candidate: Oid
    tree: Oid
    way: Way
    members: tuple[IntendedMember, ...]
    lock: Oid | None = None
    landing_pull: int | None = None
    squash: bool = False
    step: Step = Step.LOCKING

    @property
    def pinned(self) -> Oid:
        """The head with which the landing pull request may be merged, and no other."""
        first = self.members[0]
        return first.head if self.landing_pull == first.number else self.candidate

    def landing_of(self, member: IntendedMember, landed: Oid) -> Oid:
        """The upstream commit that has `member`, where all landed as `landed`."""
        return landed if self.squash or landed != self.candidate else member.landed_as

    @property
    def lock_ref(self) -> str:
        """The ref that only one landing on a branch can hold."""
        return lock_ref(self.branch)


def lock_ref(branch: str) -> str:
    """The lock ref of a target branch, itself a branch, for forges take no other refs for sure."""
    return f"refs/heads/stacker-lock/{branch}"


def advance(state: Path, intent: Intent, step: Step) -> Intent:
    """Write down that `step` is about to be taken, on disk before this returns."""
    moved = replace(intent, step=step)
    write(state, moved)
    return moved


def supersede(state: Path, intent: Intent) -> None:
    """Write it in place of earlier ones of the same name.

    What those were to merge is no longer the landing branch's head, so nothing can come of them.
    """
    write(state, intent)
    for earlier in unfinished(state):
        if earlier.name == intent.name and earlier.tx != intent.tx:
            advance(state, earlier, Step.DONE)


def write(state: Path, intent: Intent) -> None:
    """Write the intent's file."""
    write_atomically(_folder(state) / f"{intent.tx}.json", serialise(intent))


def begun(state: Path) -> tuple[Intent, ...]:
    """All landings that were ever begun on this machine."""
    files = sorted(_folder(state).glob("*.json")) if _folder(state).is_dir() else []
    return tuple(parse(file.read_bytes()) for file in files)


def unfinished(state: Path) -> tuple[Intent, ...]:
    """Those that are not done."""
    return tuple(one for one in begun(state) if one.step is not Step.DONE)


def serialise(intent: Intent) -> bytes:
    """The intent as JSON."""
    data = {
        "tx": intent.tx, "name": intent.name, "repository": intent.repository,
        "branch": intent.branch, "base": intent.base, "candidate": intent.candidate,
        "tree": intent.tree, "way": str(intent.way), "lock": intent.lock,
        "landing_pull": intent.landing_pull, "squash": intent.squash, "step": str(intent.step),
        "members": [
            {"stage": m.stage, "number": m.number, "head": m.head, "landed_as": m.landed_as}
            for m in intent.members
        ],
    }  # fmt: skip
    return json.dumps(data, indent=1).encode() + b"\n"


def parse(raw: bytes) -> Intent:
    """Read it back; raises `ValueError`, `TypeError` or `LookupError` for what is none."""
    data = json.loads(raw)
    lock, number = data["lock"], data["landing_pull"]
    members = tuple(map(_member, data["members"]))
    if not members:
        raise ValueError("nothing is to land")
    return Intent(
        tx=_text(data["tx"]), name=_text(data["name"]), repository=_text(data["repository"]),
        branch=_text(data["branch"]), base=_oid(data["base"]), candidate=_oid(data["candidate"]),
        tree=_oid(data["tree"]), way=Way(data["way"]), lock=None if lock is None else _oid(lock),
        landing_pull=_number(number), squash=data["squash"] is True, step=Step(data["step"]),
        members=members,
    )  # fmt: skip


def _member(data: dict[str, object]) -> IntendedMember:
    stage, number = StageId(_text(data["stage"])), _number(data["number"])
    return IntendedMember(stage, number, _oid(data["head"]), _oid(data["landed_as"]))


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():  # so are half characters not
        raise ValueError(f"{value!r} is no text")
    return value


def _oid(value: object) -> Oid:
    if not isinstance(value, str) or not is_oid(value):
        raise ValueError(f"{value!r} is no object id")
    return Oid(value)


def _number(value: object) -> int | None:
    if value is not None and (not isinstance(value, int) or value < 1):
        raise ValueError(f"{value!r} is no number of a pull request")
    return value


def _folder(state: Path) -> Path:
    return state / "landings"
