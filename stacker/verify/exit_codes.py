"""What exit codes of a check's commands mean: as `git bisect run` has them."""

from __future__ import annotations

from typing import Final

from stacker.evidence.record import Verdict

CANNOT_TELL: Final = 125
CANNOT_START: Final = 126  # a file that is there and is no program: the stage's fault
ABORT: Final = 127  # a shell's word for a command that is not there
BY_SIGNAL: Final = 128


def verdict_of(code: int) -> Verdict:
    """What a command that ended with `code` shows."""
    if code == 0:
        return Verdict.PASSED
    return Verdict.COULD_NOT_RUN if code in {CANNOT_TELL, ABORT} else Verdict.FAILED
