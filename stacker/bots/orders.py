"""What a master is told: to build, to give up a build; and whether it could be told at all."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stacker.bots.reading import PROPERTIES, collection, text, whole
from stacker.errors import RunnerError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from stacker.bots.master import Master
    from stacker.bots.values import Order

_NEEDED = (*PROPERTIES, "branch", "revision")


def builders(master: Master, scheduler: str, wanted: Collection[str]) -> dict[str, int]:
    """The ids of the builders `wanted`, by name.

    Raises `RunnerError` unless they are there and the force scheduler can have them build a commit.
    """
    answer = master.get("read the schedulers", "/forceschedulers")
    found = {text(one, "name"): one for one in collection(answer, "forceschedulers")}
    if scheduler not in found:
        raise RunnerError(
            f"{master.url} has no force scheduler {scheduler!r}; it has: {_listed(found)}",
            hint="docs/buildbot.md has a configuration of the master; or name another with "
            "`scheduler` in series.toml.",
        )
    fields = set(_fields(found[scheduler]))
    lacking = [name for name in _NEEDED if name not in fields]
    if lacking:
        raise RunnerError(
            f"the scheduler {scheduler!r} of {master.url} takes no {', '.join(lacking)}",
            hint="docs/buildbot.md has one that does.",
        )
    names = found[scheduler].get("builder_names")
    offered = [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
    for name in wanted:
        if name not in offered:
            raise RunnerError(
                f"the scheduler {scheduler!r} of {master.url} has no builder {name!r}; "
                f"it has: {_listed(offered)}",
                hint="Name one of them with `builder` of the platform in series.toml.",
            )
    entries = collection(master.get("read the builders", "/builders"), "builders")
    ids = {text(one, "name"): whole(one, "builderid") for one in entries}
    return {name: ids[name] for name in wanted}


def ask(master: Master, scheduler: str, order: Order) -> int:
    """Have it built; the id of the request."""
    given = {
        "builderNames": [order.builder],
        "branch": order.branch,
        "revision": order.commit,
        "priority": order.priority,
        "reason": order.reason,
        **order.properties,
    }
    answer = master.act("ask for a build", f"/forceschedulers/{quote(scheduler)}", "force", given)
    ids = answer[1] if isinstance(answer, list) and len(answer) == 2 else None
    if not isinstance(ids, dict) or len(ids) != 1:
        raise RunnerError(f"{master.url} does not say which build it was asked for")
    return whole({"id": next(iter(ids.values()))}, "id")


def give_up(master: Master, request: int, why: str) -> None:
    """Have a request given up, and its build ended if it runs."""
    master.act("give up a build", f"/buildrequests/{request}", "cancel", {"reason": why})


def _fields(entry: object) -> Iterator[str]:
    """The names of all fields of a scheduler, which may be in others."""
    waiting, seen = [entry], 0
    while waiting and (seen := seen + 1) < 1000:
        here = waiting.pop()
        if not isinstance(here, dict):
            continue
        if isinstance(here.get("fullName"), str):
            yield here["fullName"]
        for name in ("all_fields", "fields"):
            inside = here.get(name)
            waiting += inside if isinstance(inside, list) else []


def _listed(names: Collection[str]) -> str:
    shown = [name for name in names if not name.startswith("__")]
    return ", ".join(sorted(shown)[:20]) or "none"
