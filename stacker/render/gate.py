"""How the gate reads: a line a pull request, what is torn, and the ways out of that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stacker.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stacker.gate.flow import GateResult
    from stacker.landed.group import Torn


def gate_document(result: GateResult) -> dict[str, object]:
    """The `--json` document of `gate`."""
    return {
        "pulls": [
            {
                "stage": v.stage,
                "number": v.number,
                "head": v.head,
                "state": "failure" if v.closed else "success",
                "description": v.description,
                "changed": v.changed,
            }
            for v in result.verdicts
        ],
        "torn": [torn_document(one) for one in result.torn],
    }


def torn_document(one: Torn) -> dict[str, object]:
    """A torn group as documents have it."""
    landing = one.landing
    return {
        "group": landing.group,
        "extent": str(landing.extent),
        "landed": [{"stage": s, "commit": landing.landings[s]} for s in landing.landed],
        "left": list(landing.left),
        "said": one.said,
        "ways": [{"what": way.what, "command": way.command} for way in one.ways],
    }


def gate_code(result: GateResult) -> ExitCode:
    """The exit code of the gate: what is torn asks for somebody's word."""
    return ExitCode.UNKNOWN if result.torn else ExitCode.DONE


def gate_text(result: GateResult) -> str:
    """One line a pull request; of a torn group the ways out."""
    lines = []
    for v in result.verdicts:
        word = "closed" if v.closed else "open"
        lines.append(f"  {v.stage:<14} #{v.number:<6} {word:<7} {v.description}")
    for one in result.torn:
        lines += torn_lines(one)
    lines.append(
        "These are commit statuses: require `land-together` on the branch, and know that whoever "
        "may write to the repository can set them."
    )
    return "\n".join(lines)


def torn_lines(one: Torn) -> Iterator[str]:
    """What landed without the others, and the ways out, one of which somebody has to choose."""
    yield f"Torn: {one.landing.group}: {one.said}; frozen: {', '.join(one.landing.left)}."
    yield from (f"  {way.line}" for way in one.ways)
