"""Reads `series.toml`: a plan in which everything holds, or all that is wrong with it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import NewerFormat
from stacker.series.plan.checking import check_platforms, check_repositories, check_series
from stacker.series.plan.checking_checks import check_checks
from stacker.series.plan.checking_signers import check_signers
from stacker.series.plan.checking_stages import check_groups, check_stages
from stacker.series.plan.drafting import read_draft
from stacker.series.plan.model import Plan
from stacker.series.plan.problems import Report, Source, no_text, not_a_plan, syntax_problem
from stacker.series.plan.toml_text import loads

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 1
LARGEST = 4 * 1024 * 1024  # bytes


def read_plan(path: Path) -> Plan:
    """The plan in a file; raises `PlanError` with all problems, or why there is no file to read."""
    return parse_plan(_read_text(path), path.name)


def parse_plan(text: str, file: str) -> Plan:
    """The plan in a text; `file` is how problems call it. Raises `PlanError` with all of them."""
    source = Source(file, text.replace("\r\n", "\n"))
    try:
        return _plan(_tables(source, text), Report(source))
    except RecursionError:
        problem = source.problem(0, "", "values are nested too deeply")
        raise not_a_plan(file, [problem]) from None


def _tables(source: Source, text: str) -> dict[str, object]:
    try:
        return loads(text)  # as it is: of two CRs before an LF only one belongs to the line end
    except ValueError as error:
        raise not_a_plan(source.file, [syntax_problem(source, str(error))]) from None


def _plan(data: dict[str, object], report: Report) -> Plan:
    _refuse_newer(data, report.source.file)
    draft = read_draft(data, report)
    check_series(draft, report)
    check_repositories(draft, report)
    wiring = check_stages(draft, report)
    check_groups(draft, wiring, report)
    check_platforms(draft, report)
    check_checks(draft, report)
    check_signers(draft, report)
    report.close()
    plan = Plan(
        name=draft.name,
        format=draft.format,
        title=draft.title,
        forge=draft.forge,
        home=draft.home,
        repositories=tuple(entry.value for entry in draft.repositories),
        stages=tuple(
            entry.value._replace(needs=wiring.needs[entry.value.id]) for entry in draft.stages
        ),
        runners=tuple(entry.value for entry in draft.runners),
        platforms=tuple(entry.value for entry in draft.platforms),
        checks=tuple(entry.value for entry in draft.checks),
        evidence_signers=tuple(entry.value for entry in draft.evidence_signers),
        residue=draft.residue,
        require_evidence=draft.require_evidence,
        drafts=draft.drafts,
        approvals=draft.approvals,
    )
    if not draft.groups:
        return plan
    groups = (entry.value for entry in draft.groups)
    return plan._replace(groups=tuple(g._replace(stages=plan.in_order(g.stages)) for g in groups))


def _refuse_newer(data: dict[str, object], file: str) -> None:
    """Before its keys are looked at: what is new in it would be called mistakes."""
    series = data.get("series")
    written = series.get("format") if isinstance(series, dict) else None
    if type(written) is int and written > FORMAT:
        raise NewerFormat(file, written, FORMAT)


def _read_text(path: Path) -> str:
    if path.is_dir():
        raise no_text(path, "is a directory", "the plan is a file")
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise no_text(
            path, "does not exist", "run stacker init, or name the directory with -C"
        ) from None
    except OSError as error:
        raise no_text(path, f"cannot be read: {error.strerror}", "make it readable") from None
    if len(raw) > LARGEST:
        raise no_text(
            path, "is larger than 4 MB", "a plan is a short text; is this the right file?"
        )
    if raw.startswith(b"\xef\xbb\xbf"):
        raise no_text(path, "starts with a byte order mark", "save it as UTF-8 without BOM")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise no_text(path, f"is not UTF-8 (line {line})", "save it as UTF-8") from None
