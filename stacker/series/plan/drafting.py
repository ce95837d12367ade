"""The plan as written: every table read into its model, before references are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar, cast

from stacker.series.plan.choices import ApprovalRule, Drafts, Publish
from stacker.series.plan.keys import KEYS, SECTIONS
from stacker.series.plan.model import (
    Check,
    EvidenceSigner,
    Group,
    Plan,
    Platform,
    Repository,
    Runner,
    Stage,
)
from stacker.series.plan.naming import same_file
from stacker.series.plan.shapes import kind_of, read_name, read_table, refuse_unknown_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stacker.series.plan.keys import Section
    from stacker.series.plan.problems import Report
    from stacker.series.plan.toml_places import Path

Model = TypeVar("Model")
# Stands for a required value that was missing or wrong: reported, so no plan is made of it.
_MISSING: Mapping[str, object] = {
    "id": "", "name": "", "upstream": "", "stages": (), "run": (), "key": "",
}  # fmt: skip


class Entry(NamedTuple, Generic[Model]):
    """A table of the plan: where it stands, its value, which keys were written, and read."""

    path: Path
    value: Model
    written: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()


class Draft(NamedTuple):
    """All tables of a plan, each right in itself; references between them may not hold yet."""

    name: str
    format: int
    title: str
    forge: str | None
    home: str | None
    repositories: tuple[Entry[Repository], ...]
    stages: tuple[Entry[Stage], ...]
    groups: tuple[Entry[Group], ...]
    runners: tuple[Entry[Runner], ...]
    platforms: tuple[Entry[Platform], ...]
    checks: tuple[Entry[Check], ...]
    evidence_signers: tuple[Entry[EvidenceSigner], ...]
    residue: Mapping[str, str]
    require_evidence: bool
    drafts: Drafts
    approvals: ApprovalRule


def read_draft(data: Mapping[str, object], report: Report) -> Draft:
    """Reads all tables of a parsed TOML document; what is wrong goes to the report."""
    refuse_unknown_keys(data, {"series", *SECTIONS}, (), report)
    series = _read_series(data, report)
    first = _first_name(data.get("repositories"))
    tables = {
        name: tuple(_read_section(name, section, data.get(name), first, report))
        for name, section in SECTIONS.items()
    }
    tables["platforms"] = tables["platforms"] or (Entry(("platforms",), Platform(name="local")),)
    name = str(series.get("name", ""))
    return Draft(
        name=name,
        format=series.get("format", 1),
        title=series.get("title", name),
        forge=series.get("forge"),
        home=series.get("home"),
        residue=series.get("residue", {}),
        require_evidence=series.get("require_evidence", False),
        drafts=series.get("drafts", Drafts.NEEDS_APPROVED),
        approvals=series.get("approvals", ApprovalRule.HEAD),
        **cast("Any", tables),  # the sections are the very fields of a draft
    )


def _read_series(data: Mapping[str, object], report: Report) -> dict[str, Any]:
    table = data.get("series", {})
    if isinstance(table, dict):
        return read_table(table, KEYS[Plan], ("series",), report)
    report.add(("series",), f"must be a table, not {kind_of(table)}")
    return {}


def _first_name(table: object) -> str:
    return next(iter(table), "") if isinstance(table, dict) else ""


def _read_section(
    name: str, section: Section, value: object, first: str, report: Report
) -> Iterator[Entry[Any]]:
    if value is None:
        return
    keys = KEYS[section.of]
    missing = {k: v for k, v in _MISSING.items() if k in keys}
    seen: dict[str, str] = {}
    for path, table in _tables(name, section, value, report):
        values = read_table(table, keys, path, report)
        read = frozenset(values)
        if section.named:
            values["name"] = str(path[-1])
            _refuse_same_file(values["name"], seen, path, report)
        made = _make(section.of, missing | values, first)
        yield Entry(path, made, frozenset(table), read)


def _tables(
    name: str, section: Section, value: object, report: Report
) -> Iterator[tuple[Path, dict[str, object]]]:
    """The tables of a section with their paths; anything else in it is reported."""
    wanted = dict if section.named else list
    example = f"[{name}.NAME]" if section.named else f"[[{name}]]"
    if not isinstance(value, wanted):
        report.add((name,), f"must be written as {example}, not as {kind_of(value)}")
        return
    elements = value.items() if isinstance(value, dict) else enumerate(value)
    for position, table in elements:
        path = (name, position)
        if isinstance(position, str):
            read_name(position, path, report, key=True)
        if isinstance(table, dict):
            yield path, table
        else:
            report.add(path, f"must be a table, written as {example}, not {kind_of(table)}")


def _refuse_same_file(name: str, seen: dict[str, str], path: Path, report: Report) -> None:
    other = seen.setdefault(same_file(name), name)
    if other != name:
        report.add(path, f"{name!r} and {other!r} differ only in case", key=True)


def _make(model: type[Model], values: dict[str, Any], first_repository: str) -> Model:
    """The model's value, with the defaults that depend on other keys."""
    if model in {Stage, Check}:
        values.setdefault("repository", first_repository)
    if model is Repository and "fork" in values:
        values.setdefault("publish", Publish.APPEND)
    return model(**values)
