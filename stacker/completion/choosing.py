"""Which words can stand where the cursor is. Pure but for the table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Names = Callable[[str], Sequence[str]]

_TABLE = Path(__file__).with_name("words.json")
# These may stand anywhere; the parser of commands never sees them.
_EVERYWHERE = {
    "-C": "the series directory", "--json": "one document on stdout", "-q": "no more than errors",
    "-v": "errors with their causes", "--no-fetch": "do not ask upstream",
}  # fmt: skip
_NO_OPTION = {"takes": "", "count": 1}


class Offer(NamedTuple):
    """A word that may stand here, and what it means."""

    word: str
    says: str = ""


class _Place(NamedTuple):
    """Where the cursor is: in which command, behind how many of its arguments; `waits` is what an
    option before it takes; behind a `--` there are no more options."""

    command: dict[str, Any]
    arguments: int
    waits: str
    no_options: bool


def offers(words: Sequence[str], names: Names) -> list[Offer]:
    """What can stand in place of the last of `words`; the others are before it, without `stacker`.

    `names` tells the plan's names of a kind: `stage` or `group`.
    """
    *before, last = words or [""]
    place = _place(before)
    option, equals, _ = last.partition("=")
    known = place.command["options"].get(option)
    found = list(_here(place, names, options=last.startswith("-")))
    if equals and known is not None:
        found = [Offer(f"{option}={one.word}") for one in _values(known["takes"], names)]
    return [offer for offer in found if offer.word.startswith(last)]


def _place(before: Sequence[str]) -> _Place:
    command: dict[str, Any] = json.loads(_TABLE.read_text(encoding="utf-8"))
    arguments, waits, left, no_options = 0, "", 0, False
    for word in before:
        if left:
            left -= 1
        elif word.startswith("-") and not no_options:
            option: dict[str, Any] = command["options"].get(word, _NO_OPTION)
            waits = "value" if word == "-C" else option["takes"]
            left = option["count"] if waits else 0
            no_options = word == "--"
        elif word in command["commands"]:
            command = command["commands"][word]
        else:
            arguments += 1
    return _Place(command, arguments, waits if left else "", no_options)


def _here(place: _Place, names: Names, *, options: bool) -> Iterator[Offer]:
    command = place.command
    if place.waits:
        yield from _values(place.waits, names)
    elif options and not place.no_options:
        yield from (Offer(name, one["says"]) for name, one in command["options"].items())
        yield from (Offer(name, says) for name, says in _EVERYWHERE.items())
    elif command["commands"]:
        yield from (Offer(name, one["says"]) for name, one in command["commands"].items())
    elif place.arguments == 0 or command["several"]:
        yield from _values(command["arguments"], names)


def _values(takes: str, names: Names) -> Iterator[Offer]:
    """The words of what takes a `stage`, a `group`, or one of `a|b|c`; a shell knows files."""
    if takes in {"stage", "group"}:
        yield from map(Offer, names(takes))
    elif takes not in {"", "value"}:
        yield from map(Offer, takes.split("|"))
