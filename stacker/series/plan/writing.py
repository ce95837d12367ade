"""The text of `series.toml`: begun by `init`, lengthened by `import`, otherwise left to people."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.series.plan.explaining import toml_key, toml_value
from stacker.series.plan.naming import LONGEST_NAME, wrong_with_name
from stacker.series.plan.reading import parse_plan
from stacker.series.plan.toml_places import toml_places

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stacker.series.plan.choices import Publish
    from stacker.series.plan.toml_places import Path, Place


@dataclass(frozen=True, slots=True)
class NewStage:
    """A stage to be written; what is None is left to the plan's defaults."""

    id: str
    repository: str | None = None
    needs: tuple[str, ...] | None = None
    adopts: int | None = None


def new_plan(
    name: str,
    upstream: str,
    *,
    branch: str | None = None,
    fork: str | None = None,
    publish: Publish | None = None,
    forge: str | None = None,
) -> str:
    """The plan that a new series begins with: one repository, no stages, a few words of help.

    The text is TOML whatever is given, but only a plan if the values are good: read it.
    """
    series = {"name": name, "forge": forge}
    repository = {"upstream": upstream, "branch": branch, "fork": fork, "publish": publish}
    return (
        "# The plan of this series. `stacker status --plan` shows it with every default.\n"
        f"[series]\n{_pairs(series)}\n"
        f"[repositories.{toml_key(repository_name(upstream))}]\n{_pairs(repository)}\n"
        "# Stages in order, one pull request each; `stacker import` adds them here:\n"
        "#   [[stages]]\n"
        '#   id = "first"\n'
        "#   needs = []    # stands on the base alone; without `needs`: on the stage above\n"
    )


def repository_name(upstream: str) -> str:
    """A short name for an upstream in the plan: the last part of its path, made safe."""
    last = re.split(r"[/\\:]", upstream.rstrip("/\\"))[-1].removesuffix(".git")
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", last)[:LONGEST_NAME].strip("-.")
    return "upstream" if wrong_with_name(name) else name


def append_stages(text: str, stages: Sequence[NewStage]) -> str:
    """A plan's text with stages added behind its last one; every line that was there stays.

    Raises `PlanError` if the text is no plan. Whether the new text is one (ids may be taken)
    tells reading it.
    """
    parse_plan(text, "series.toml")
    flat = text.replace("\r\n", "\n")
    places = toml_places(flat)
    if not stages:
        return text
    is_inline = ("stages",) in places and flat[places["stages",].value] == "["
    if is_inline:
        at, added = _in_array(places, stages)
    else:
        at, added = _behind_tables(flat, places, stages)
    eol = "\r\n" if "\r\n" in text else "\n"
    return _insert(text, flat, at, added.replace("\n", eol))


def _pairs(values: Mapping[str, object]) -> str:
    return "".join(
        f"{key} = {toml_value(str(value))}\n" for key, value in values.items() if value is not None
    )


def _keys(stage: NewStage) -> list[str]:
    keys = [f"id = {toml_value(stage.id)}"]
    if stage.repository is not None:
        keys.append(f"repository = {toml_value(stage.repository)}")
    if stage.needs is not None:
        keys.append(f"needs = {toml_value(list(stage.needs))}")
    if stage.adopts is not None:
        keys.append(f"adopts = {stage.adopts}")
    return keys


def _in_array(places: Mapping[Path, Place], stages: Sequence[NewStage]) -> tuple[int, str]:
    """`stages = [{ … }]`: behind the last element, before a comma that may follow it."""
    tables = ", ".join(f"{{ {', '.join(_keys(stage))} }}" for stage in stages)
    elements = [place.end for path, place in places.items() if _is_element(path)]
    if not elements:
        return places["stages",].value + 1, tables
    return max(elements), f", {tables}"


def _is_element(path: Path) -> bool:
    return len(path) == 2 and path[0] == "stages"


def _behind_tables(
    flat: str, places: Mapping[Path, Place], stages: Sequence[NewStage]
) -> tuple[int, str]:
    """`[[stages]]`: on the line after the last stage, else after all that is there."""
    ends = [place.end for path, place in places.items() if path[0] == "stages"]
    line_end = flat.find("\n", max(ends)) if ends else -1
    at = len(flat) if line_end < 0 else line_end + 1
    lead = "\n" if at and flat[at - 1] != "\n" else ""
    tables = "".join("\n[[stages]]\n" + "".join(f"{k}\n" for k in _keys(s)) for s in stages)
    return at, lead + tables


def _insert(text: str, flat: str, at: int, added: str) -> str:
    """Inserts at an offset of `flat`, which is `text` with each `\\r\\n` as one `\\n`."""
    head = flat[:at]
    offset = at
    if flat != text:
        lines = text.split("\n")
        number = head.count("\n")
        column = len(head) - (head.rfind("\n") + 1)
        offset = sum(len(line) + 1 for line in lines[:number]) + column
    return text[:offset] + added + text[offset:]
