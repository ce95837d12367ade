"""How the evidence of one stage reads: each check on each platform, with its origin or the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.evidence.record import day
from stacker.verify.standing import State

if TYPE_CHECKING:
    from stacker.evidence.record import Record
    from stacker.verify.standing import Evidence, Standing

_WIDE = 60  # characters; what is longer moves nothing on other lines


def matrix_document(evidence: Evidence) -> list[dict[str, object]]:
    """An entry for each check on each platform, for scripts; times are seconds since 1970."""
    return [
        {
            "check": one.check,
            "platform": one.platform,
            "required": one.required,
            "state": str(one.state),
            "reason": one.why,
            "by": one.by,
            "command": "" if one.state is State.PASSED else one.command,
            "signed_by": one.signed_by,
            "evidence": one.record and _record(one.record),
        }
        for one in evidence.results
    ]


def _record(record: Record) -> dict[str, object]:
    return {
        "verdict": str(record.verdict),
        "origin": record.host,
        "runner": record.runner,
        "builder": record.builder,
        "url": record.url,
        "shared": record.shared,
        "clean": record.clean,
        "commit": record.commit,
        "tree": record.tree,
        "base": record.base,
        "at": round(record.started_at),
    }


def matrix_text(evidence: Evidence) -> list[str]:
    """A line for each check on each platform."""
    if not evidence.results:
        return ["  the plan has no checks for it"]
    rows = [(one.check, one.platform, _shown(one), _where(one)) for one in evidence.results]
    widths = [
        max((len(row[column]) for row in rows if len(row[column]) <= _WIDE), default=0)
        for column in range(3)
    ]
    return [
        "  ".join(["", *(text.ljust(w) for text, w in zip(row, widths, strict=False)), row[3]])
        .rstrip()
        for row in rows
    ]  # fmt: skip


def _shown(one: Standing) -> str:
    return one.words if one.required else f"{one.words}; may fail here"


def _where(one: Standing) -> str:
    return f"{origin_text(one)}  {one.record.url}".rstrip() if one.record else ""


def origin_text(one: Standing) -> str:
    """When it was shown, and by whom."""
    record = one.record
    if record is None:
        return ""
    who = ", ".join(filter(None, dict.fromkeys((record.runner, record.host))))
    how = "" if record.clean else ", incremental"
    others = ", shared" if record.shared else ""
    others = f", signed by {one.signed_by}" if one.signed_by else others
    return f"{day(record.started_at)} ({who}{how}{others})"


def to_verify(evidence: Evidence | None) -> bool:
    """Whether this machine can bring what is lacking, or is to look at what fails."""
    return evidence is not None and any(
        one.red or (one.reason and not one.by) for one in evidence.required
    )


def gap_note(evidence: Evidence) -> list[str]:
    """The gap that matters most; that nothing has run at all, the numbers say."""
    begun = evidence.passed or evidence.failing or evidence.stale
    missing = [one for one in evidence.missing if begun or one.by or one.heard]
    found = [str(one) for one in (*evidence.failing, *evidence.stale)]
    return (found + [f"{_place(one, evidence)}: {one.words}" for one in missing])[:1]


def _place(one: Standing, evidence: Evidence) -> str:
    """Check and platform, as far as there are several."""
    checks, platforms = ({each.where[i] for each in evidence.results} for i in (0, 1))
    if len(checks) == 1:
        return one.platform
    return one.check if len(platforms) == 1 else f"{one.check} for {one.platform}"
