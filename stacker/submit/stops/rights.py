"""Several repositories in one submit: may this token push to all of them, before any is written to;
and what to say when one of them refuses all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ForgeError
from stacker.forge.api import Permission
from stacker.git.push import TOO_MANY
from stacker.submit.actions import CreateFork, PushHeads

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.submit.actions import Action
    from stacker.submit.place import Place, PullForge

_PUSHES = frozenset({Permission.WRITE, Permission.ADMIN})


def require_rights(
    forge: PullForge, places: Mapping[str, Place], actions: Sequence[Action]
) -> None:
    """Raise `ForgeError` where one of several repositories of the plan may not be pushed to.

    A single one is not asked about: it takes the push whole or refuses it, and nothing is torn.
    """
    made = {one.fork for one in actions if isinstance(one, CreateFork)}
    pushed = (one.repository for one in actions if isinstance(one, PushHeads))
    forks = [places[name].fork for name in pushed if name in places]
    if len(forks) < 2:
        return
    facts = {fork: forge.repository(fork) for fork in dict.fromkeys(forks) if fork not in made}
    lacking = [fork for fork, one in facts.items() if one is None or one.permission not in _PUSHES]
    if lacking:
        raise ForgeError(
            f"this token may not push to {' and '.join(lacking)}; nothing was done anywhere",
            hint="Name a fork in series.toml that it may push to, or get it the right. Stages that "
            "need nothing there go out alone, by `stacker submit STAGE`.",
        )


def refused(fork: str, words: str, done: Sequence[Action]) -> ForgeError:
    """The error for a push that the server refused, after `done`."""
    pushed = [one.repository for one in done if isinstance(one, PushHeads)]
    before = (
        f"What was pushed to {' and '.join(pushed)} before is there, without pull requests that "
        "are new; the next submit goes on from there."
        if pushed
        else "Nothing moved there."
    )
    at_once = bool(TOO_MANY.search(words))  # else it would have gone out in parts
    then = (
        "These branches have to move at once, or a pull request would be called merged: ask for a "
        "wider push policy, or publish fewer at a time, `stacker submit STAGE…`."
        if at_once
        else "`stacker doctor` tells what the token may do."
    )
    return ForgeError(f"the push to {fork} was refused: {words}", hint=f"{before} {then}")
