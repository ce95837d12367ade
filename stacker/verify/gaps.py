"""Why there is no evidence, in words that are the same on every machine, and who can bring it.
Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from stacker.boxes.sign import Doing, silent_for
from stacker.series.plan.choices import RunnerKind
from stacker.verify.machine import is_machine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.boxes.known import Known
    from stacker.series.plan.model import Plan, Platform, Runner
    from stacker.verify.earlier import Earlier
    from stacker.verify.matrix import Cell


def brought_by(plan: Plan, platform: Platform, machine: str) -> str:
    """Who has to bring a platform's evidence where `machine` cannot; empty where it can."""
    runner = _runner(plan, platform)
    if runner is not None:
        return f"the {runner.kind} runner {runner.name}"
    if platform.host is not None and not is_machine(platform.host, machine):
        return f"a {platform.host} machine"
    return ""


def why_none(plan: Plan, cell: Cell, red: Sequence[str], was: Earlier | None, *, lacks: str) -> str:
    """Why nothing is shown for the cell, the nearest reason first.

    `red` are the checks that it needs and that did not pass there; `was` is the newest result of
    other files or commands; `lacks` says what it cannot be built without.
    """
    if red:
        return f"it needs {red[0]}, which failed"
    if lacks:
        return lacks
    runner = _runner(plan, cell.platform)
    if cell.ci is not None:
        since = f" since {_changed(was)} changed" if was else ""
        return f"the github runner {cell.ci.runner} has said nothing that counts{since}"
    if runner is not None:
        subject, verb, where = f"the {runner.kind} runner {runner.name} has ", "said anything", ""
    else:
        host = cell.platform.host
        subject, verb, where = "has ", "run", f" on {host}" if host else ""
    if was is None:
        return f"{subject}never {verb}{where}"
    return f"{subject}not {verb}{where} since {_changed(was)} changed"


def why_quiet(known: Known, platform: str) -> str:
    """Why the boxes for a platform bring nothing, in words; empty if there are none, or one may.

    It is what this clone heard of them, until it last read home.
    """
    one = next(iter(known.of(platform)), None)
    if one is None:
        return ""
    silence = one.silence(known.read_at)
    if silence is not None:
        return f"box {one.host} {silent_for(silence)}"
    match one.doing:
        case Doing.WAITING:
            return f"box {one.host} waits: {one.what}"
        case Doing.TROUBLE:
            return f"box {one.host} in trouble: {one.what}"
        case Doing.IDLE | Doing.BUILDING:
            return ""
        case never:
            assert_never(never)


def _changed(was: Earlier) -> str:
    """What is another than when it last ran; `verify --why` names each part."""
    return "the files" if "tree" in was.differs else "the check or its tools"


def _runner(plan: Plan, platform: Platform) -> Runner | None:
    """What builds the platform instead of the machines of people."""
    found = next((one for one in plan.runners if one.name == platform.runner), None)
    return None if found is None or found.kind is RunnerKind.LOCAL else found
