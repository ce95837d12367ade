"""What `doctor` says of a person's settings: what is in force, and who said it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import failed, ok
from stacker.errors import SettingsError
from stacker.preferences.inforce import NOBODY, own_file, preferences

if TYPE_CHECKING:
    from pathlib import Path

    from stacker.doctor.finding import Finding
    from stacker.preferences.inforce import Chosen


def examine_settings(folder: Path) -> Finding:
    """The settings of whoever works in `folder`, or what is wrong with them."""
    try:
        mine = preferences(folder)
    except SettingsError as exc:
        where = (f"{one.file}:{one.line}  {one.key}: {one.message}" for one in exc.where)
        return failed("settings", SettingsError(exc.message, hint="\n".join([*where, exc.hint])))
    known = {
        "work": mine.work(), "jobs": mine.jobs(), "editor": mine.editor(),
        "merge_tool": mine.merge_tool(), "colour": mine.colour(),
    }  # fmt: skip
    said = (_told(name, one) for name, one in known.items() if one.source != NOBODY)
    return ok("settings", ", ".join(said) or f"nothing is set; {own_file()} may")


def _told(name: str, one: Chosen) -> str:
    value = str(one.value).lower() if isinstance(one.value, bool) else one.value
    return f"{name} {value} ({one.source})"
