"""The recorded result of one check on one tree for one platform."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Verdict(StrEnum):
    """What a check showed; only `passed` has passed.

    `could-not-run` says nothing about the stage, `skipped` that a runner left the check out.
    """

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    COULD_NOT_RUN = "could-not-run"
    SKIPPED = "skipped"

    @property
    def is_evidence(self) -> bool:
        """Whether it says anything about the stage, so that it need not be asked again."""
        return self is Verdict.PASSED or self.is_red

    @property
    def is_red(self) -> bool:
        """Whether it speaks against the stage."""
        return self in {Verdict.FAILED, Verdict.TIMED_OUT}

    @property
    def words(self) -> str:
        """The same for the middle of a sentence."""
        return self.value.replace("-", " ")


def day(seconds: float) -> str:
    """The date of a time in seconds since 1970, everywhere the same."""
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One of the runs that a result comes from; `seconds` is its duration."""

    verdict: Verdict
    exit_code: int | None
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One run. `seconds` is its duration, `started_at` seconds since 1970.

    `exit_code` is that of the last command; None when it was killed or never started. `host` is
    the machine that ran it; `log` a file's name among the logs; `clean` says that the folder it
    ran in was made for it. `commit`, `tree` and `base` are object ids. `shared` says that it came
    from home: somebody else ran it, and a landing relies on it only signed. `attempts` are all
    runs, in order; `parts` what the key is made of (none in old evidence); `patch` tells the
    stage's own change on whatever base, empty when it is not known.

    `runner` is the plan's name of what built it, empty when this machine did; `builder` and `url`
    are that runner's own name of it and where people see it. `log_digest` is the SHA-256 of the
    log, `tools` what the toolchain said of itself. `signature` is over all of that.
    """

    key: str
    stage: str
    check: str
    platform: str
    verdict: Verdict
    exit_code: int | None
    seconds: float
    host: str
    commit: str
    tree: str
    base: str
    log: str
    started_at: float
    clean: bool
    shared: bool = False
    attempts: tuple[Attempt, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    patch: str = ""
    runner: str = ""
    builder: str = ""
    url: str = ""
    log_digest: str = ""
    tools: str = ""
    signature: str = ""
