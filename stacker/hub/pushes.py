"""A push as the hub judges it: the refs it wants to change, and what the rules say to each."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from stacker.hub import repositories
from stacker.hub.bare import HEADS
from stacker.hub.binding import binding
from stacker.hub.checks import green
from stacker.hub.protection import judge_push
from stacker.hub.records import Pull, Right

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.hub.call import Site
    from stacker.hub.protection import Rules
    from stacker.hub.records import Account, Repository
    from stacker.hub.state import Database

_COMMAND = re.compile(
    rb"(?P<old>[0-9a-f]{40}|[0-9a-f]{64}) (?P<new>[0-9a-f]{40}|[0-9a-f]{64}) (?P<name>[^\0\n]+)\n?"
)


@dataclass(frozen=True, slots=True)
class Command:
    """One ref that a push wants to change; all zeros in `new` deletes it."""

    name: str
    new: str

    @property
    def deletes(self) -> bool:
        """Whether the ref is to be deleted."""
        return not self.new.strip("0")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the update hook enforces: refs refused with a reason, refs that may only go forward,
    refs that take no merge commits; and `most`, where these are more than may move at once."""

    refused: tuple[tuple[str, str], ...]
    forward_only: tuple[str, ...]
    linear: tuple[str, ...]
    most: int | None = None


class UnreadablePush(ValueError):
    """The body is not what git sends to receive-pack."""


def commands(body: IO[bytes]) -> list[Command]:
    """The commands at the beginning of a receive-pack request.

    Whatever git would read as a command in another way (a push certificate) is refused.
    """
    found: list[Command] = []
    while (line := _packet(body)) is not None:
        if line.startswith(b"shallow "):
            continue
        command = _COMMAND.fullmatch(line.partition(b"\0")[0])
        if command is None:
            raise UnreadablePush("not a command of a push")
        name = command["name"].decode("utf-8", "surrogateescape")
        found.append(Command(name, command["new"].decode("ascii")))
    return found


def may_push(db: Database, repository: Repository, user: Account) -> bool:
    """Whether somebody may push anything at all there."""
    able = repositories.right(db, repository, user) >= Right.WRITE
    return able or bool(_lent_branches(db, repository, user))


def judge(
    site: Site,
    db: Database,
    repository: Repository,
    user: Account,
    wanted: Sequence[Command],
    *,
    most: int | None = None,
) -> Verdict:
    """Judge every command of somebody who may push, and that there are no more than `most`."""
    right = repositories.right(db, repository, user)
    lent = None if right >= Right.WRITE else _lent_branches(db, repository, user)
    refused: list[tuple[str, str]] = []
    forward_only: list[str] = []
    linear: list[str] = []
    for command in wanted:
        if lent is not None and (command.name not in lent or command.deletes):
            refused.append((command.name, f"{user.login} may not push to this branch."))
            continue
        rules = _rules(site, db, repository, command, user)
        if rules is None:
            continue
        shown = green(db, repository, command.new)
        judged = judge_push(rules, shown, deletes=command.deletes)
        if judged.refusal is not None:
            refused.append((command.name, judged.refusal))
        forward_only += [command.name] * judged.forward_only
        linear += [command.name] * judged.linear
    exceeded = most if most is not None and len(wanted) > most else None
    return Verdict(tuple(refused), tuple(forward_only), tuple(linear), exceeded)


def _rules(
    site: Site, db: Database, repository: Repository, command: Command, user: Account
) -> Rules | None:
    if not command.name.startswith(HEADS):
        return None
    return binding(site, db, repository, command.name.removeprefix(HEADS), user, pushing=True)


def _lent_branches(db: Database, repository: Repository, user: Account) -> set[str]:
    """The branches of open pull requests whose authors let the base's maintainers push to them."""
    pulls = db.all(
        Pull,
        "SELECT * FROM pulls WHERE is_open AND maintainer_can_modify AND head_repository = ?",
        repository.id,
    )
    return {
        HEADS + pull.head_ref
        for pull in pulls
        if repositories.right(db, repositories.by_id(db, pull.repository), user) >= Right.WRITE
    }


def _packet(body: IO[bytes]) -> bytes | None:
    """The next pkt-line; None for the flush that ends the commands (or the end of the body)."""
    size = body.read(4)
    try:
        length = int(size, 16) if size else 0
    except ValueError as exc:
        raise UnreadablePush("not a pkt-line") from exc
    if length == 0:
        return None
    line = body.read(length - 4) if length > 4 else b""
    if len(line) != length - 4:
        raise UnreadablePush("a pkt-line is cut short")
    return line
