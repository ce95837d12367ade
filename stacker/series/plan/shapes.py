"""One reader for each shape of value that `series.toml` may have, with what is wrong with it."""

from __future__ import annotations

import re
from sys import intern
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, assert_never

from stacker.series.plan.keys import KEYS, Shape
from stacker.series.plan.model import Override
from stacker.series.plan.naming import did_you_mean, listed, unseen, wrong_with_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stacker.series.plan.keys import Key
    from stacker.series.plan.problems import Report
    from stacker.series.plan.toml_places import Path

MOST = 2**31 - 1
DURATION = r"(?:([0-9]{1,4})d)?(?:([0-9]{1,4})h)?(?:([0-9]{1,5})m)?(?:([0-9]{1,6})s)?"
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "an integer"),
    (float, "a float"),
    (list, "an array"),
    (dict, "a table"),
)


def kind_of(value: object) -> str:
    """What TOML calls a value, with its article."""
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "a date or time")


def read_value(key: Key, value: object, path: Path, report: Report) -> Any:  # noqa: ANN401, C901, PLR0911 - the shape says which type
    """The value as the model has it, or None after reporting all that is wrong with it."""
    match key.shape:
        case Shape.TEXT:
            return _text(value, path, report)
        case Shape.NAME:
            return read_name(value, path, report)
        case Shape.CHOICE:
            return _choice(key, value, path, report)
        case Shape.COUNT | Shape.NUMBER:
            return _integer(value, int(key.shape is Shape.NUMBER), path, report)
        case Shape.FLAG:
            return value if _is(value, bool, path, report) else None
        case Shape.TEXTS:
            return _texts(value, path, report)
        case Shape.COMMANDS:
            return _commands(value, path, report)
        case Shape.DURATION:
            return _duration(value, path, report)
        case Shape.REASONS:
            return _reasons(value, path, report)
        case Shape.OVERRIDES:
            return _overrides(value, path, report)
        case _:
            assert_never(key.shape)


def read_name(value: object, path: Path, report: Report, *, key: bool = False) -> str | None:
    """A name, reported if it is unfit for branches or files; with `key` it is a table's own."""
    if not _is(value, str, path, report):
        return None
    name = str(value)
    wrong = wrong_with_name(name)
    if wrong:
        shown = repr(name[:80])
        report.add(path, f"the name {shown} {wrong}", key=key)
    return intern(name)  # thousands of them are compared


def _is(value: object, kind: type, path: Path, report: Report) -> bool:
    if isinstance(value, kind) and (kind is bool or not isinstance(value, bool)):
        return True
    wanted = next(name for known, name in _KINDS if known is kind)
    report.add(path, f"must be {wanted}, not {kind_of(value)}")
    return False


def _text(value: object, path: Path, report: Report, *, allowed: str = "") -> str | None:
    if not _is(value, str, path, report):
        return None
    text = str(value)
    hidden = unseen("".join(char for char in text if char not in allowed))
    if hidden:
        report.add(path, f"has the invisible character {hidden}")
    elif not text.strip():
        report.add(path, "is empty")
    else:
        return text
    return None


def _choice(key: Key, value: object, path: Path, report: Report) -> str | None:
    if not _is(value, str, path, report) or key.choices is None:
        return None
    words = [str(word) for word in key.choices]
    if value in words:
        return key.choices(value)
    report.add(
        path,
        f"no choice {str(value)[:80]!r}; there are {listed(words)}",
        way_out=did_you_mean(str(value), words),
    )
    return None


def _integer(value: object, least: int, path: Path, report: Report) -> int | None:
    if not _is(value, int, path, report) or not isinstance(value, int):
        return None
    if not least <= value <= MOST:
        report.add(path, f"must be {least} or more" if value < least else "is too large")
        return None
    return value


def _texts(value: object, path: Path, report: Report) -> tuple[str, ...] | None:
    if not _is(value, list, path, report) or not isinstance(value, list):
        return None
    texts = [_text(each, (*path, position), report) for position, each in enumerate(value)]
    seen: set[str | None] = set()
    for position, text in enumerate(texts):
        if text is not None and text in seen:
            report.add((*path, position), f"{text[:80]!r} is there twice")
        seen.add(text)
    return None if None in texts else tuple(text for text in texts if text is not None)


def _commands(value: object, path: Path, report: Report) -> tuple[tuple[str, ...], ...] | None:
    if not _is(value, list, path, report) or not isinstance(value, list):
        return None
    if not value:
        report.add(path, "has no command", way_out='write it as ["program", "argument"]')
        return None
    if not isinstance(value[0], list):
        argv = _argv(value, path, report)
        return None if argv is None else (argv,)
    argvs = [_argv(each, (*path, position), report) for position, each in enumerate(value)]
    return None if None in argvs else tuple(argv for argv in argvs if argv is not None)


def _argv(value: object, path: Path, report: Report) -> tuple[str, ...] | None:
    """A program with its arguments; an argument may be empty and may have several lines."""
    if not _is(value, list, path, report) or not isinstance(value, list):
        return None
    if not value or value[0] == "":
        report.add(path, "has no program", way_out='write it as ["program", "argument"]')
        return None
    before = len(report.problems)
    for position, word in enumerate(value):
        if word != "":
            _word(word, (*path, position), report)
    return tuple(value) if len(report.problems) == before else None


def _word(value: object, path: Path, report: Report) -> None:
    if _is(value, str, path, report):
        hidden = unseen("".join(char for char in str(value) if char not in "\n\t"))
        if hidden:
            report.add(path, f"has the invisible character {hidden}")


def _duration(value: object, path: Path, report: Report) -> float | None:
    if not _is(value, str, path, report):
        return None
    found = re.fullmatch(DURATION, str(value))
    parts = [int(part or 0) for part in found.groups()] if found else [0, 0, 0, 0]
    total = sum(part * unit for part, unit in zip(parts, (86400, 3600, 60, 1), strict=True))
    if not total:
        report.add(
            path, f"no duration {str(value)[:80]!r}", way_out='write it as "90s", "30m" or "2h"'
        )
        return None
    return float(total)


def _reasons(value: object, path: Path, report: Report) -> Mapping[str, str] | None:
    if not _is(value, dict, path, report) or not isinstance(value, dict):
        return None
    before = len(report.problems)
    for name, reason in value.items():
        hidden = unseen(name)
        if hidden or not name.strip():
            report.add((*path, name), f"the name {name[:80]!r} cannot be shown", key=True)
        _text(reason, (*path, name), report)
    return MappingProxyType(value) if len(report.problems) == before else None


def _overrides(value: object, path: Path, report: Report) -> Mapping[str, Override] | None:
    if not _is(value, dict, path, report) or not isinstance(value, dict):
        return None
    return MappingProxyType(
        {
            name: Override(**read_table(table, KEYS[Override], (*path, name), report))
            for name, table in value.items()
            if _is(table, dict, (*path, name), report)
        }
    )


def read_table(
    table: Mapping[str, object], keys: Mapping[str, Key], path: Path, report: Report
) -> dict[str, Any]:
    """The right values of a table by key; unknown, missing and wrong ones are reported."""
    refuse_unknown_keys(table, keys, path, report)
    values: dict[str, Any] = {}
    for name, key in keys.items():
        if name in table:
            value = read_value(key, table[name], (*path, name), report)
            if value is not None:
                values[name] = value
        elif key.required:
            report.add((*path, name), f"is missing: {key.says}", key=True)
    return values


def refuse_unknown_keys(
    table: Mapping[str, object], known: Mapping[str, object] | set[str], path: Path, report: Report
) -> None:
    """Reports the keys of a table that are not known."""
    for name in table:
        if name not in known:
            near = did_you_mean(name, known) if report.helps else None
            way_out = near or f"known here: {listed(sorted(known))}"
            report.add((*path, name), "unknown key", way_out=way_out, key=True)
