"""How evidence that does not count reads, and why it does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.verify.earlier import told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.verify.earlier import Earlier
    from stacker.verify.request import Missing

_WORDS = {
    "run": "commands",
    "passes": "attempts",
    "results": "expected skips",
    "ci": "CI check",
    "values.base": "base",
    "values.stage": "stage's name",
}
_KINDS = {"environment": "variable", "repositories": "repository", "carry": "carried"}


def why_document(missing: Sequence[Missing]) -> dict[str, object]:
    """The `--json` document of `verify --why`."""
    return {
        "why": [
            {
                "stage": one.cell.stage,
                "check": one.cell.check.name,
                "platform": one.cell.platform.name,
                "required": one.cell.required,
                "cannot": one.cell.cannot,
                "differs": list(one.earlier.differs) if one.earlier else [],
                "newest": earlier_document(one.earlier),
            }
            for one in missing
        ]
    }


def earlier_document(one: Earlier | None) -> dict[str, object] | None:
    """Evidence that does not count, as scripts see it."""
    if one is None:
        return None
    return {
        "verdict": str(one.record.verdict),
        "origin": one.record.host,
        "shared": one.record.shared,
        "commit": one.record.commit,
        "base": one.record.base,
        "at": round(one.record.started_at),
        "because": one.stale,
        "differs": list(one.differs),
    }


def why_text(missing: Sequence[Missing]) -> str:
    """A line for each cell that lacks evidence."""
    if not missing:
        return "Nothing lacks evidence."
    return "\n".join(
        f"{one.cell.stage}: {one.cell.check.name} for {one.cell.platform.name}: {_why(one)}"
        for one in missing
    )


def _why(one: Missing) -> str:
    if one.cell.ci is not None:
        return one.cell.cannot
    if one.earlier is None:
        return "has never run"
    if one.earlier.stale:
        return stale_text(one.earlier)
    names = ", ".join(map(part_text, one.earlier.differs))
    return f"not the same {names} as when it {told(one.earlier.record)}"


def stale_text(one: Earlier) -> str:
    """Stale evidence in words."""
    return f"stale evidence, not counted: {told(one.record)}, {one.stale}"


def part_text(name: str) -> str:
    """A part of an evidence key as people call it."""
    kind, dot, what = name.partition(".")
    if name in _WORDS or not dot:
        return _WORDS.get(name, name)
    return f"{_KINDS.get(kind, kind)} {what}"
