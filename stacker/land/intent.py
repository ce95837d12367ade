"""The intent of a landing: whole and immutable, on disk before anything is done elsewhere.

The same text travels in the lock's commit, so that another machine can settle a dead landing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.git.objects import Oid, is_oid
from stacker.land.outcome import Way
from stacker.series.plan.model import StageId
from stacker.series.workspace import LOCKS

if TYPE_CHECKING:
    from collections.abc import Mapping


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

    `carrier` is the repository (`OWNER/NAME`) that has the landing branch: upstream, or the fork of
    somebody who may not write there. `own_pull` is the pull request that a stage alone is merged
    by, and `squash` whether a merge makes one commit of all; `commits` is how many the branch's
    first-parent line gets by our push. `reverts` is the landing that this one takes back.
    """

    tx: str
    name: str
    repository: str
    branch: str
    carrier: str
    base: Oid
    candidate: Oid
    tree: Oid
    way: Way
    members: tuple[IntendedMember, ...]
    commits: int
    squash: bool = False
    own_pull: int | None = None
    reverts: str | None = None

    @property
    def pinned(self) -> Oid:
        """The head with which the landing pull request may be merged, and no other."""
        return self.candidate if self.own_pull is None else self.members[0].head

    def landing_of(self, member: IntendedMember, landed: Oid) -> Oid:
        """The upstream commit that has `member`, where all landed as `landed`."""
        return landed if self.squash or landed != self.candidate else member.landed_as

    @property
    def lock_ref(self) -> str:
        """The ref that only one landing on a branch can hold."""
        return lock_ref(self.branch)

    @property
    def landing_branch(self) -> str:
        """The branch that carries the candidate until it has landed; it belongs to the tool."""
        return f"{_LANDING}{self.branch}/{self.name}"


FORMAT = 1
_LANDING = "stacker-landing/"


def lock_ref(branch: str) -> str:
    """The lock ref of a target branch, itself a branch, for forges take no other refs for sure."""
    return f"{LOCKS}{branch}"


def as_data(intent: Intent) -> dict[str, object]:
    """The intent as JSON has it."""
    return {
        "tx": intent.tx, "name": intent.name, "repository": intent.repository,
        "branch": intent.branch, "carrier": intent.carrier, "base": intent.base,
        "candidate": intent.candidate, "tree": intent.tree, "way": str(intent.way),
        "commits": intent.commits, "squash": intent.squash, "own_pull": intent.own_pull,
        "reverts": intent.reverts,
        "members": [
            {"stage": m.stage, "number": m.number, "head": m.head, "landed_as": m.landed_as}
            for m in intent.members
        ],
    }  # fmt: skip


def serialise(intent: Intent) -> str:
    """The intent as one line of JSON."""
    return json.dumps(as_data(intent), sort_keys=True)


def parse(raw: str | bytes) -> Intent:
    """Read it back; raises `ValueError`, `TypeError` or `LookupError` for what is none."""
    return from_data(json.loads(raw))


def from_data(data: Mapping[str, object]) -> Intent:
    """Read it from what JSON had; raises as `parse` does."""
    if data.get("format", FORMAT) != FORMAT:
        raise ValueError("a newer stacker wrote it")
    found = data["members"]
    if not isinstance(found, list) or not found:
        raise ValueError("nothing is to land")
    commits, reverts = _number(data["commits"]), data["reverts"]
    if commits is None:
        raise ValueError("it brings no commits")
    return Intent(
        tx=_text(data["tx"]), name=_text(data["name"]), repository=_text(data["repository"]),
        branch=_text(data["branch"]), carrier=_text(data["carrier"]), base=_oid(data["base"]),
        candidate=_oid(data["candidate"]), tree=_oid(data["tree"]), way=Way(_text(data["way"])),
        members=tuple(map(_member, found)), commits=commits, squash=data["squash"] is True,
        own_pull=_number(data["own_pull"]), reverts=None if reverts is None else _text(reverts),
    )  # fmt: skip


def _member(data: Mapping[str, object]) -> IntendedMember:
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
        raise ValueError(f"{value!r} is no number")
    return value
