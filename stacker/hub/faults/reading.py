"""Rules from a file: TOML, a table `[[fault]]` for each; every problem is told at once."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stacker.errors import Problem, UsageError
from stacker.hub.call import Refusal
from stacker.hub.faults.rules import (
    After,
    Altered,
    Before,
    Fault,
    Reply,
    Rule,
    Slow,
    Stale,
    Truncated,
)
from stacker.hub.limits import TOO_FAST

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

_HINT = "docs/hub.md lists what a fault may say."
_HEADER = re.compile(r"\s*\[\[\s*fault\s*\]\]")
_FOR_GOOD = "all"
_METHODS = ("GET", "POST", "PATCH", "PUT", "DELETE")


@dataclass(frozen=True, slots=True)
class _Key:
    """What may stand behind a key."""

    words: str
    holds: Callable[[Any], bool]


def _is_json(value: object) -> bool:
    """TOML has dates and infinite numbers, which JSON cannot say."""
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError):
        return False
    return True


def _whole(least: int, most: int = 10**9, words: str = "") -> _Key:
    said = words or f"a whole number from {least}"
    return _Key(said, lambda value: type(value) is int and least <= value <= most)


_TEXT = _Key("a text", lambda value: isinstance(value, str))
_YES = _Key("true or false", lambda value: isinstance(value, bool))
_JSON = _Key("what JSON can say", _is_json)
_FIELDS = _Key(
    "a table of what JSON can say", lambda value: isinstance(value, dict) and _is_json(value)
)
_METHOD = _Key(" or ".join(_METHODS), lambda value: value in _METHODS)
_PATH = _Key(
    "a path that starts with /, without /api",
    lambda value: isinstance(value, str) and value[:1] == "/" and not value.startswith("/api/"),
)
_STATUS = _whole(200, 599, "an HTTP status")
_BROKEN = _whole(500, 599, "an HTTP status from 500 to 599")
_LIMITED = _Key("403 or 429", lambda value: type(value) is int and value in {403, 429})
_SECONDS = _Key(
    "a number of seconds", lambda value: type(value) in {int, float} and 0 <= value <= 3600
)
_TIMES = _Key(
    f'a whole number from 1, or "{_FOR_GOOD}"',
    lambda value: value == _FOR_GOOD or (type(value) is int and value >= 1),
)
_HEADERS = _Key(
    "a table of texts",
    lambda value: (
        isinstance(value, dict)
        and all(isinstance(each, str) and each.isprintable() for each in value.values())
    ),
)

_WHERE = {
    "method": _METHOD, "path": _PATH, "actor": _TEXT, "contains": _TEXT,
    "nth": _whole(1), "times": _TIMES,
}  # fmt: skip


def _broken(given: Mapping[str, Any]) -> Reply | None:
    return _refusal(given["status"], "Server Error") if "status" in given else None


def _limited(given: Mapping[str, Any]) -> Fault:
    after = {"Retry-After": str(given["retry_after"])} if "retry_after" in given else {}
    return Before(_refusal(given.get("status", 403), TOO_FAST, after))


def _refusal(status: int, said: str, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, Refusal(status, said).body(), headers or {})


@dataclass(frozen=True, slots=True)
class _Kind:
    """One word after `do`: the keys of its own, which of them it must have, and what it makes."""

    keys: Mapping[str, _Key]
    make: Callable[[Mapping[str, Any]], Fault]
    needs: str = ""


_KINDS: Mapping[str, _Kind] = {
    "before": _Kind({"status": _BROKEN}, lambda given: Before(_broken(given))),
    "after": _Kind({"status": _BROKEN}, lambda given: After(_broken(given))),
    "instead": _Kind(
        {"status": _STATUS, "body": _JSON, "headers": _HEADERS},
        lambda given: Before(Reply(given["status"], given.get("body"), given.get("headers", {}))),
        needs="status",
    ),
    "slow": _Kind({"seconds": _SECONDS}, lambda given: Slow(given["seconds"]), needs="seconds"),
    "stale": _Kind({"writes": _whole(1, 100)}, lambda given: Stale(given.get("writes", 1))),
    "truncated": _Kind(
        {"items": _whole(0), "link": _YES},
        lambda given: Truncated(given.get("items", 0), given.get("link", True)),
    ),
    "limit": _Kind({"status": _LIMITED, "retry_after": _whole(0)}, _limited),
    "alter": _Kind({"fields": _FIELDS}, lambda given: Altered(given["fields"]), needs="fields"),
}


def read(file: Path) -> list[Rule]:
    """The rules in a file, in their order; `UsageError` with every problem of it."""
    try:
        text = file.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except (OSError, UnicodeDecodeError) as exc:
        raise UsageError(f"{file} cannot be read", hint=_HINT) from exc
    except tomllib.TOMLDecodeError as exc:
        raise UsageError(f"{file} is not TOML: {exc}", hint=_HINT) from exc
    entries = document.get("fault", [])
    if set(document) - {"fault"} or not isinstance(entries, list):
        raise UsageError(f"{file} has something other than tables [[fault]]", hint=_HINT)
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _HEADER.match(line)]
    wrong = [
        Problem(file.name, lines[at] if at < len(lines) else 1, 1, f"fault {at + 1}", said)
        for at, entry in enumerate(entries)
        for said in _wrong_with(entry)
    ]
    if wrong:
        raise UsageError(f"{file.name} is not a list of faults", hint=_HINT, where=tuple(wrong))
    return [_rule(entry) for entry in entries]


def _wrong_with(entry: object) -> list[str]:
    if not isinstance(entry, dict):
        return ["is not a table"]
    word = entry.get("do")
    kind = _KINDS.get(word) if isinstance(word, str) else None
    if kind is None:
        return [f"`do` has to be one of {', '.join(_KINDS)}"]
    keys = {**_WHERE, **kind.keys}
    wrong = [
        f"`{name}` has to be {keys[name].words}"
        if name in keys
        else f"`{name}` is no key of {word}"
        for name, value in entry.items()
        if name != "do" and not (name in keys and keys[name].holds(value))
    ]
    if kind.needs and kind.needs not in entry:
        wrong.append(f"{word} needs `{kind.needs}`")
    return wrong


def _rule(entry: Mapping[str, Any]) -> Rule:
    given = {name: entry[name] for name in _WHERE if name in entry}
    if given.get("times") == _FOR_GOOD:
        given["times"] = None
    return Rule(_KINDS[entry["do"]].make(entry), **given)
