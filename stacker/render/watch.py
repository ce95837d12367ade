"""How a box at its work reads, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.render.verify import event_text
from stacker.verify.price import duration
from stacker.verify.request import Ended, Priced, Started, Underway
from stacker.watch.value import Came, Changed, Sent, Trouble, Waits, Watching

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.watch.value import Said


def said_text(said: Said) -> str:
    """What a box says, for people."""
    match said:
        case Watching():
            return _begin(said)
        case Came(version, by):
            return f"Home has v{version}{f', by {by}' if by else ''}."
        case Changed(version, commands):
            return _listed(
                f"v{version} has commands that are new here; they run (--trust):", commands
            )
        case Waits(version, commands):
            head = f"v{version} has commands that nobody agreed to here; nothing runs:"
            way = "To agree, here:  stacker sync && stacker verify --trust --why"
            return _listed(head, commands, way)
        case Trouble(message, hint):
            return "\n".join(filter(None, (f"Trouble: {message}", hint)))
        case Sent(count):
            return f"{count} result{'' if count == 1 else 's'} sent home."
        case Priced() | Started() | Underway() | Ended():
            return event_text(said)
        case never:
            assert_never(never)


def watching_document(said: Watching) -> dict[str, object]:
    """What `--json` says when a box begins: the one document of this command."""
    box = said.box
    return {
        "box": said.name, "home": box.home.shown, "host": box.host, "account": box.account.name,
        "platforms": list(box.platforms), "every": box.every,
    }  # fmt: skip


def _begin(said: Watching) -> str:
    box, account = said.box, said.box.account
    power = ", which may do anything here" if account.mighty else ""
    wanted = ", ".join(box.platforms) or "all platforms that this machine builds"
    return "\n".join([
        f"Box {said.name} looks at {box.home.shown} every {duration(box.every)}, for {wanted}.",
        "It runs the code and the commands of everybody who may push there or to upstream,",
        f"on {box.host} as {account.name}{power}. Files in this folder are not looked at.",
    ])  # fmt: skip


def _listed(head: str, commands: Sequence[str], *more: str) -> str:
    return "\n".join([head, *(f"  {one}" for one in commands), *more])
