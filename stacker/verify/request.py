"""What `verify` is asked, what it says on its way, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stacker.evidence.record import Verdict
from stacker.verify.logs import found_log

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from stacker.bots.values import Access
    from stacker.evidence.record import Attempt, Record
    from stacker.git.process import Git
    from stacker.series.plan.model import Plan, StageId
    from stacker.ssh.keygen import SigningKey
    from stacker.verify.ci_binding import Sight
    from stacker.verify.counting import Uncounted
    from stacker.verify.earlier import Earlier
    from stacker.verify.matrix import Cell
    from stacker.verify.price import Price
    from stacker.verify.stage_tree import StageTree


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyRequest:
    """What to verify. Empty `selection`, `platforms` and `checks` mean all.

    `stages` are those that can be built now; `repo_commits` gives for each of them the commit of
    every other repository that goes with it. `rerun` asks again where there is evidence;
    `fail_fast` builds nothing more after the first failure that counts.
    `environment` is the caller's, from which checks get only what is allowed to them; `folder` is
    the series' `.stacker`, and `work` where lanes lie if not in there; `python` the interpreter
    behind `{python}`. With `own_evidence` what
    others ran and shared counts only signed by a signer agreed on here, and what was built in a
    lane that was moved does not. With `signing` all is signed by that key as it is recorded, and
    only what it signed counts. At most `jobs` builds run at once here. `ci` has for each stage the
    commits whose CI checks the forge told, the one that matters most last; `upstreams` are the
    URLs of the repositories, and `access` how the plan's buildbots are reached, by name.
    """

    plan: Plan
    store: Git
    stages: Mapping[StageId, StageTree]
    repo_commits: Mapping[StageId, Mapping[str, str]]
    environment: Mapping[str, str]
    folder: Path
    python: str
    work: Path | None = None
    selection: tuple[StageId, ...] = ()
    platforms: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    rerun: bool = False
    fail_fast: bool = False
    own_evidence: bool = False
    signing: SigningKey | None = None
    jobs: int = 1
    ci: Mapping[StageId, Sequence[Sight]] = field(default_factory=dict)
    upstreams: Mapping[str, str] = field(default_factory=dict)
    access: Mapping[str, Access] = field(default_factory=dict)

    @property
    def vouches(self) -> bool:
        """Whether a landing may rely on what comes out, so that all is built in fresh lanes."""
        return self.own_evidence or self.signing is not None

    @property
    def builds(self) -> Path:
        """The folder for other repositories' files; nothing in it outlives a `verify`."""
        return self.folder / "builds"

    @property
    def lanes(self) -> Path:
        """The folder in which checks run, each in a lane that the next `verify` goes on from."""
        return self.work or self.folder / "lanes"

    @property
    def logs(self) -> Path:
        """The folder of what checks wrote."""
        return self.folder / "logs"

    @property
    def modules(self) -> Path:
        """The folder of the stores of submodules."""
        return self.folder / "modules"

    def log_of(self, key: str) -> Path:
        """The file to which the check under that evidence key writes."""
        return self.logs / f"{key}.log"

    def commits_beside(self, stage: StageTree) -> dict[str, str]:
        """The commit of each repository that goes with `stage`, its own among them."""
        return {stage.repository: stage.commit, **self.repo_commits.get(stage.stage, {})}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellResult:
    """One check's result at one stage on one platform.

    `origin` is the machine that ran it, `log` the path of what it wrote (empty when it wrote
    nothing), `reason` in words why it could not run, or what its test results say, which of
    results that were known before only the log tells. `attempts` are its runs; `earlier` is what
    there was before and did not count. `shared` says that somebody else ran it, `signed_by` is the
    plan's name of who signed it, and `uncounted` what there is that no landing may rely on. `url`
    is where people see it; `shown` what upstream's CI said without its counting. `runner` is the
    plan's name of what built it, empty for a machine by itself. `aborted_at` is the stage whose
    build aborted the check for the platform before this one began, if so.
    """

    stage: StageId
    check: str
    platform: str
    required: bool
    verdict: Verdict
    cached: bool
    seconds: float
    origin: str
    log: str
    reason: str = ""
    attempts: tuple[Attempt, ...] = ()
    earlier: Earlier | None = None
    shared: bool = False
    signed_by: str = ""
    uncounted: Uncounted | None = None
    url: str = ""
    shown: str = ""
    runner: str = ""
    aborted_at: StageId | None = None

    @property
    def column(self) -> tuple[str, str]:
        """Check and platform."""
        return self.check, self.platform

    @property
    def where(self) -> tuple[str, str, str]:
        """Stage, check and platform."""
        return self.stage, self.check, self.platform


def recorded(
    request: VerifyRequest, cell: Cell, record: Record, *, cached: bool, reason: str = ""
) -> CellResult:
    """What `record` says for `cell`."""
    return CellResult(
        stage=cell.stage,
        check=cell.check.name,
        platform=cell.platform.name,
        required=cell.required,
        verdict=record.verdict,
        cached=cached,
        seconds=record.seconds,
        origin=record.host,
        log=found_log(request.log_of(record.key)),
        reason=reason,
        attempts=record.attempts,
        shared=record.shared,
        runner=record.runner,
        url=record.url,
    )


def not_run(cell: Cell, reason: str, aborted_at: StageId | None = None) -> CellResult:
    """What is said of a cell that cannot run, or for `aborted_at` was not begun."""
    return CellResult(
        stage=cell.stage,
        check=cell.check.name,
        platform=cell.platform.name,
        required=cell.required,
        verdict=Verdict.COULD_NOT_RUN,
        cached=False,
        seconds=0.0,
        origin="",
        log="",
        reason=reason,
        url=cell.url,
        shown=cell.shown,
        aborted_at=aborted_at,
    )


@dataclass(frozen=True, slots=True)
class Missing:
    """A cell that lacks evidence, and the newest result that there was of it."""

    cell: Cell
    earlier: Earlier | None


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """All results in plan order, each stage's in the order of checks and platforms."""

    results: tuple[CellResult, ...]

    @property
    def failed(self) -> tuple[CellResult, ...]:
        """What had to pass and did not; what could not run is not among it."""
        return tuple(one for one in self.results if one.required and one.verdict.is_red)

    @property
    def unknown(self) -> tuple[CellResult, ...]:
        """What had to pass and says nothing yet."""
        return tuple(one for one in self.results if one.required and not one.verdict.is_evidence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bisected:
    """Where a check breaks on a platform along the chain of `tip`, which does not pass.

    `stage` is the first bad one; `passes_at` the one before, None when that is the base. Where
    that stays open, `stage` is None and one of `between` may be it; `bad` says whether any is.
    `builds` is how many were needed.
    """

    check: str
    platform: str
    tip: StageId
    stage: StageId | None
    passes_at: StageId | None
    between: tuple[StageId, ...]
    bad: bool
    builds: int


@dataclass(frozen=True, slots=True)
class FirstBadResult:
    """What was asked on the way, and what came of it; tips that pass are not in `found`."""

    asked: VerifyResult
    found: tuple[Bisected, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """Said first: what it will cost."""

    price: Price


@dataclass(frozen=True, slots=True)
class Started:
    """A build starts; `number` of `total`, both from 1; `usual` are the seconds the last took.

    `total` is None where what comes out decides what else is built.
    """

    cell: Cell
    number: int
    total: int | None
    usual: float | None


@dataclass(frozen=True, slots=True)
class Underway:
    """A build elsewhere is doing something else now: `step` in words, empty while it is queued.

    `url` is where people see it. `first` says that nothing was said of it before.
    """

    cell: Cell
    step: str
    url: str
    first: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """A build ended."""

    result: CellResult


Event = Priced | Started | Underway | Ended
