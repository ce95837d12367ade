"""What the page shows, as values: every word is ready, and nothing is escaped yet."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markupsafe import Markup

    from stacker.land.outcome import Reason
    from stacker.report.picture import Picture


class Tone(StrEnum):
    """How something stands, at a glance; a sign goes with each, for not everybody sees colours."""

    DONE = "done"
    GOOD = "good"
    WAIT = "wait"
    ACT = "act"
    BAD = "bad"
    IDLE = "idle"

    @property
    def sign(self) -> str:
        """One character that says the same."""
        return {"done": "✓", "good": "●", "wait": "◔", "act": "▲", "bad": "✕", "idle": "○"}[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A check on a platform: what is shown, and if nothing counts, why and what brings it.

    `log` are the last lines of what it wrote, oldest first.
    """

    check: str
    platform: str
    tone: Tone
    state: str
    reason: str = ""
    may_fail: bool = False
    origin: str = ""
    url: str = ""
    command: str = ""
    log: tuple[str, ...] = ()
    silent: str = ""


@dataclass(frozen=True, slots=True)
class HunkView:
    """The numbers of its lines on both sides, a line each, and its code."""

    place: str
    old: str
    new: str
    code: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class FileView:
    """One file of a change; `left_out` says why its lines are not there, if so."""

    path: str
    note: str
    added: int
    removed: int
    hunks: tuple[HunkView, ...] = ()
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A stage's own change, or why there is none to see."""

    files: tuple[FileView, ...]
    why: str = ""

    @property
    def added(self) -> int:
        """Lines that came."""
        return sum(one.added for one in self.files)

    @property
    def removed(self) -> int:
        """Lines that went."""
        return sum(one.removed for one in self.files)


@dataclass(frozen=True, slots=True)
class PatchLine:
    """A patch of a stage: its commit, what it says, who wrote it."""

    commit: str
    subject: str
    author: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """What a rebase onto upstream as it was last seen would come to for a stage."""

    tone: Tone
    words: str
    paths: tuple[str, ...] = ()
    culprit: str = ""
    nearby: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageView:
    """One stage."""

    id: str
    number: int
    title: str
    body: str
    repository: str
    group: str
    needs: tuple[str, ...]
    tone: Tone
    words: str
    waits_for: str
    pull: str
    url: str
    published: str
    notes: tuple[str, ...]
    people: tuple[str, ...]
    cells: tuple[Cell, ...]
    passed: str
    missing: tuple[Reason, ...]
    patches: tuple[PatchLine, ...]
    change: Change
    foreseen: Foreseen | None
    ready: bool
    landed: bool


@dataclass(frozen=True, slots=True)
class Way:
    """A way out, and the command for it."""

    what: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupView:
    """What lands together; `torn` says how it came apart, if so, `gate` what keeps a member from
    being merged alone, as far as that is known here."""

    name: str
    tone: Tone
    words: str
    stages: tuple[StageView, ...]
    torn: str = ""
    ways: tuple[Way, ...] = ()
    command: str = ""
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the life of the series, and what became of its stages."""

    version: int
    when: str
    who: str
    what: str
    base: str
    became: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class History:
    """The steps, newest first; `more` older ones are not told of."""

    steps: tuple[Step, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Landed:
    """A stage that upstream has."""

    stage: str
    commit: str
    release: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole page. `compare` is what its script compares versions by; `left_out` says what of
    them is not there. `outlook` says what the forecast is about, or why there is none."""

    name: str
    title: str
    facts: tuple[str, ...]
    alerts: tuple[str, ...]
    next_command: str
    next_because: str
    made: str
    main_repository: str
    repositories: int
    stages: tuple[StageView, ...]
    columns: tuple[tuple[str, str], ...]
    groups: tuple[GroupView, ...]
    pictures: tuple[Picture, ...]
    outlook: str
    boxes: tuple[str, ...]
    history: History
    compare: dict[str, object]
    left_out: str
