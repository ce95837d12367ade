"""How the findings of the doctor read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.doctor.finding import Health

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.doctor.finding import Finding
    from stacker.prune import Pruned


def doctor_text(findings: Sequence[Finding]) -> str:
    """A line a finding, what to do below it, and the sum."""
    wide = max(len(one.name) for one in findings)
    lines: list[str] = []
    for one in findings:
        lines.append(f"{one.health:<7}  {one.name.ljust(wide)}  {one.message}")
        lines += [f"{' ' * (wide + 11)}{line}" for line in one.hint.splitlines()]
    return "\n".join([*lines, _sum(findings)])


def _sum(findings: Sequence[Finding]) -> str:
    counts = {h: sum(one.health is h for one in findings) for h in Health}
    if not counts[Health.PROBLEM] and not counts[Health.WARNING]:
        return "Everything is in place."
    return ", ".join(
        f"{counts[h]} {h}{'' if counts[h] == 1 else 's'}"
        for h in (Health.PROBLEM, Health.WARNING)
        if counts[h]
    )


def doctor_document(findings: Sequence[Finding]) -> dict[str, object]:
    """The `--json` document of `doctor`."""
    return {
        "checks": [
            {
                "name": one.name,
                "state": str(one.health),
                "message": one.message,
                "hint": one.hint,
            }
            for one in findings
        ]
    }


def pruned_document(done: Pruned) -> dict[str, object]:
    """The `--json` document of `doctor --prune`; `freed` in bytes."""
    return {"steps": done.steps, "versions": list(done.versions), "freed": done.freed,
            "leftovers": list(done.leftovers)}  # fmt: skip


def pruned_text(done: Pruned) -> str:
    """The same for a person."""
    left = f"v{done.versions[0]} to v{done.versions[-1]}" if done.versions else "nothing"
    steps = f"{done.steps} step{'' if done.steps == 1 else 's'}"
    removed = f" Left by a verify and removed: {', '.join(done.leftovers)}." * bool(done.leftovers)
    return f"{steps} let go; {left} is left.{removed} {done.freed / 1e6:.1f} MB came free."
