"""What builds for a platform, as it says itself: part of what evidence is about."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.git.worktree import remove_tree
from stacker.verify.commands import fill
from stacker.verify.environment import build_environment
from stacker.verify.machine import this_machine
from stacker.verify.matrix import cannot_run, elsewhere
from stacker.verify.runner import Job, Stop, run

if TYPE_CHECKING:
    from collections.abc import Callable

    from stacker.evidence.record import Record
    from stacker.evidence.store import EvidenceStore
    from stacker.series.plan.model import Plan, Platform
    from stacker.verify.counting import Jury
    from stacker.verify.request import VerifyRequest

_TIMEOUT = 60.0  # seconds for one command; it only says its version
_WORDS = 1000  # bytes of what it says that are kept


@dataclass(frozen=True, slots=True)
class Toolchain:
    """The digest of what a platform's toolchain says of itself; empty when nothing asks it.

    `said` are its words, shortened; `unknown` says in words why it could not be asked: no evidence
    holds then.
    """

    fingerprint: str
    unknown: str = ""
    said: str = ""


def toolchains(request: VerifyRequest, evidence: EvidenceStore, jury: Jury) -> dict[str, Toolchain]:
    """Ask the toolchains of all platforms that this machine builds; of others, what was seen.

    Where a landing relies on it, nobody else's word decides what was seen.
    """
    counts = jury.believes if request.own_evidence else None
    found = seen_toolchains(request.plan, evidence, counts)
    machine = this_machine()
    for platform in request.plan.platforms:
        wanted = not request.platforms or platform.name in request.platforms
        here = not (
            cannot_run(request.plan, platform, machine) or elsewhere(request.plan, platform)
        )
        if platform.toolchain and wanted and here:
            found[platform.name] = _ask(request, platform, platform.toolchain)
    return found


def seen_toolchains(
    plan: Plan, evidence: EvidenceStore, counts: Callable[[Record], bool] | None = None
) -> dict[str, Toolchain]:
    """What each platform's newest evidence that counts was built with: here, if it was.

    Where none counts, by what there is one can still tell why that does not.
    """
    return {
        platform.name: Toolchain(
            evidence.toolchain(platform.name, counts) or evidence.toolchain(platform.name)
        )
        for platform in plan.platforms
        if platform.toolchain
    }


def _ask(
    request: VerifyRequest, platform: Platform, commands: tuple[tuple[str, ...], ...]
) -> Toolchain:
    place = request.builds / "toolchain"
    place.mkdir(parents=True, exist_ok=True)
    values = {"platform": platform.name, "python": request.python}
    digest = hashlib.sha256()
    words = b""
    try:
        for command in commands:
            job = Job(
                steps=(fill(command, values),),
                folder=place,
                environment=build_environment(request.environment, (), place),
                timeout=_TIMEOUT,
                log=place / "log",
            )
            ran = run(job, Stop())
            if ran.verdict is not Verdict.PASSED:
                how = ran.reason or f"{command[0]} {ran.verdict} (exit code {ran.exit_code})"
                return Toolchain("unknown", f"the toolchain of {platform.name} is unknown: {how}")
            _, _, said = job.log.read_bytes().partition(b"\n")  # the first line is the command
            digest.update(b"%d\n" % len(said) + said)
            words += said
    finally:
        remove_tree(place)
    return Toolchain(digest.hexdigest(), said=words[:_WORDS].decode("utf-8", "replace").strip())
