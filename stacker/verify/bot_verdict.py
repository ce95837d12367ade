"""What a build on a bot shows: its verdict, its exit code, and why it could not run, if so."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stacker.bots.values import Results
from stacker.evidence.record import Verdict
from stacker.verify.exit_codes import verdict_of

if TYPE_CHECKING:
    from stacker.bots.logs import Written
    from stacker.bots.values import Build

_ENDS = {
    Results.SKIPPED: "was skipped there",
    Results.EXCEPTION: "broke down there",
    Results.RETRY: "lost its worker",
    Results.CANCELLED: "was cancelled there",
}


class Shown(NamedTuple):
    """A verdict; `reason` is empty unless it could not run."""

    verdict: Verdict
    exit_code: int | None
    reason: str


def shown(build: Build, written: Written, commit: str, *, stopped: bool) -> Shown:
    """What a build of `commit` that has ended shows; `stopped` when we ended it, for its time.

    A result of any other commit is none, whatever it is.
    """
    where = f"build {build.number}"
    if build.results in _ENDS and not stopped:
        said = f": {written.step}: {written.said}" if written.step else ""
        return nothing(f"{where} {_ENDS[build.results]}{said}")
    if build.commit != commit:
        what = f"built {build.commit[:12]}" if build.commit else "did not get as far as the commit"
        step = f" ({written.step}: {written.said})" if written.step else ""
        return nothing(f"{where} {what}, not {commit[:12]}{step}")
    if stopped:
        return Shown(Verdict.TIMED_OUT, None, "")
    if build.results is Results.FAILURE:
        return _failure(build, written)
    return Shown(Verdict.PASSED, 0, "")


def _failure(build: Build, written: Written) -> Shown:
    if written.late:
        return Shown(Verdict.TIMED_OUT, None, "")
    if written.code and verdict_of(written.code) is Verdict.COULD_NOT_RUN:
        reason = f"build {build.number}: {written.said} (exit code {written.code})"
        return Shown(Verdict.COULD_NOT_RUN, written.code, reason)
    return Shown(Verdict.FAILED, written.code, "")


def nothing(reason: str) -> Shown:
    """That it could not run."""
    return Shown(Verdict.COULD_NOT_RUN, None, reason)
