"""Reads a settings file: its values, or all that is wrong with it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stacker.errors import SettingsError
from stacker.preferences.keys import KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from stacker.errors import Problem
    from stacker.series.plan.problems import Report

_LARGEST = 64 * 1024  # bytes


def read(path: Path) -> dict[str, Any]:
    """The settings in a file, none if it is not there; raises `SettingsError`."""
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as exc:
        raise SettingsError(f"{path} cannot be read: {exc.strerror}") from exc
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as exc:
        raise SettingsError(f"{path} is not UTF-8", hint="Save it as UTF-8.") from exc
    if len(raw) > _LARGEST:
        raise SettingsError(f"{path} is larger than 64 KB", hint="Settings are a few lines.")
    return parse(text, str(path))


def parse(text: str, file: str) -> dict[str, Any]:
    """The same of a text; `file` is how problems call it."""
    # most people have no such file
    from stacker.series.plan.problems import Report, Source, syntax_problem  # noqa: PLC0415
    from stacker.series.plan.toml_text import loads  # noqa: PLC0415 - as above

    source = Source(file, text.replace("\r\n", "\n"))
    report = Report(source)
    try:
        data = loads(text)
    except ValueError as exc:
        raise _wrong(file, [syntax_problem(source, str(exc))]) from None
    values = {name: _value(name, value, report) for name, value in data.items()}
    if report.problems:
        raise _wrong(file, report.problems)
    return values


def _value(name: str, value: object, report: Report) -> Any:  # noqa: ANN401 - of several types
    if name not in KEYS:
        from stacker.series.plan.naming import did_you_mean  # noqa: PLC0415 - for mistakes only

        report.add((name,), "there is no such setting", way_out=did_you_mean(name, KEYS), key=True)
        return None
    try:
        return KEYS[name].read(value)
    except (ValueError, TypeError):
        report.add((name,), f"it must be {KEYS[name].wanted}")
        return None


def from_environment(environment: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """What variables say, each with the variable's name; an empty one says nothing."""
    found: dict[str, tuple[Any, str]] = {}
    for name, key in KEYS.items():
        variable = f"STACKER_{name.upper()}"
        given = environment.get(variable)
        if key.from_text is None or not given:
            continue
        try:
            found[name] = key.read(key.from_text(given)), variable
        except (ValueError, TypeError):
            raise SettingsError(
                f"{variable} is {given!r}", hint=f"It must be {key.wanted}."
            ) from None
    if environment.get("NO_COLOR"):
        found["colour"] = False, "NO_COLOR"
    return found


def _wrong(file: str, problems: list[Problem]) -> SettingsError:
    number = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    hint = f"The settings are {', '.join(KEYS)}."
    return SettingsError(f"{file} has {number}", hint=hint, where=tuple(problems))
