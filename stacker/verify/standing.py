"""Where a stage's evidence stands, as values: of each check on each platform what is shown, and if
nothing is, why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from stacker.evidence.record import Record
    from stacker.series.plan.model import StageId
    from stacker.verify.stage_tree import StageTree


class State(StrEnum):
    """What is shown."""

    PASSED = "passed"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    STALE = "stale"  # of the same change on another base, or too old
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """One check at a stage on a platform; `required` says whether it must pass there.

    `record` is the evidence that counts; of what is stale the one that does not. `reason` says in
    words why none counts, the same on every machine; `heard` what upstream's CI or a box last said
    of that, as far as this clone knows; `by` who has to bring it where this machine
    cannot, and `from_ci` whether that is upstream's CI, which builds what is published. `since` is
    when that verdict was first shown, in seconds since 1970; `signed_by` the
    plan's name of who signed the evidence.
    """

    stage: StageId
    check: str
    platform: str
    required: bool
    state: State
    reason: str = ""
    heard: str = ""
    by: str = ""
    from_ci: bool = False
    record: Record | None = None
    since: float | None = None
    signed_by: str = ""

    @property
    def where(self) -> tuple[str, str]:
        """Check and platform."""
        return self.check, self.platform

    @property
    def red(self) -> bool:
        """Whether it is shown not to pass."""
        return self.state in {State.FAILED, State.TIMED_OUT}

    @property
    def words(self) -> str:
        """What is shown, and why not more."""
        return self._words(self.why)

    @property
    def plain(self) -> str:
        """The same as every clone says it."""
        return self._words(self.reason)

    @property
    def why(self) -> str:
        """Why nothing counts, as far as it is known here."""
        if self.state is State.STALE and self.heard:
            return f"{self.reason}; {self.heard}"
        return self.heard or self.reason

    def _words(self, why: str) -> str:
        match self.state:
            case State.PASSED | State.FAILED:
                return str(self.state)
            case State.TIMED_OUT:
                return "timed out"
            case State.STALE:
                verdict = self.record.verdict.words if self.record else "shown"
                return f"stale evidence ({verdict}, {why})"
            case State.MISSING:
                return f"no evidence ({why})"
            case never:
                assert_never(never)

    def __str__(self) -> str:
        """The same, with check and platform."""
        colon = ":" if self.reason else ""
        return f"{self.check} for {self.platform}{colon} {self.words}"

    @property
    def elsewhere(self) -> str:
        """The same for what somebody else ran, and who vouches for it; else empty."""
        if self.record is None or not self.record.shared or self.state is State.STALE:
            return ""
        signed = f", signed by {self.signed_by}" if self.signed_by else ""
        return f"{self} at {self.record.host}{signed}"

    @property
    def command(self) -> str:
        """What brings evidence, run where that can be."""
        return f"stacker verify {self.stage}{f' --platform {self.platform}' if self.by else ''}"


@dataclass(frozen=True, slots=True)
class Evidence:
    """All of a stage's, in the order of checks and platforms, and the files that it is about."""

    of: StageTree
    results: tuple[Standing, ...]

    @property
    def required(self) -> tuple[Standing, ...]:
        """What must pass."""
        return tuple(one for one in self.results if one.required)

    @property
    def passed(self) -> tuple[Standing, ...]:
        """What of that did."""
        return tuple(one for one in self.required if one.state is State.PASSED)

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return not self.lacking

    @property
    def lacking(self) -> tuple[Standing, ...]:
        """What of that did not."""
        return tuple(one for one in self.required if one.state is not State.PASSED)

    @property
    def failing(self) -> tuple[Standing, ...]:
        """What must pass and is shown not to."""
        return tuple(one for one in self.required if one.red)

    @property
    def stale(self) -> tuple[Standing, ...]:
        """What must pass and is shown only by what no longer counts."""
        return tuple(one for one in self.required if one.state is State.STALE)

    @property
    def elsewhere(self) -> tuple[str, ...]:
        """What others ran of it, in words."""
        return tuple(one.elsewhere for one in self.required if one.elsewhere)

    @property
    def missing(self) -> tuple[Standing, ...]:
        """What must pass and was never shown for these files."""
        return tuple(one for one in self.required if one.state is State.MISSING)
