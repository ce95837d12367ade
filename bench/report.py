"""What was measured, as Markdown that reads well on a terminal, too."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from contenders import Ran

# (patches, mix): so many times faster than git rebase at least, this part of git replay at most.
_WANTED: dict[tuple[int, str], tuple[float | None, float | None]] = {
    (100, "none"): (15, 0.8), (100, "quarter"): (12, 0.8), (100, "half"): (10, 0.8),
    (100, "real"): (5, 1.0), (100, "deep"): (None, 1.5), (100, "deep3"): (None, 1.5),
    (1000, "none"): (15, 0.4), (1000, "quarter"): (12, 0.4), (1000, "half"): (10, 0.4),
}  # fmt: skip
_GROWTH = 1.5
TIMES = ("median s", "min s", "cpu s", "rounds")


@dataclass(slots=True)
class Score:
    """What one contender needed: wall and processor seconds of each round, its largest process
    in MB. `remark` says why it has no times."""

    name: str
    peak: float = 0.0
    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    remark: str = ""

    def add(self, ran: Ran) -> None:
        self.seconds.append(ran.seconds)
        self.cpu.append(ran.cpu)

    @property
    def median(self) -> float | None:
        return statistics.median(self.seconds) if self.seconds else None


@dataclass(frozen=True, slots=True)
class Case:
    """One series and everybody's score; `void` says why the case proves nothing."""

    patches: int
    mix: str
    note: str
    scores: list[Score]
    void: str = ""

    def median(self, name: str) -> float | None:
        """Of the fastest whose name begins so."""
        found = [s.median for s in self.scores if s.name.startswith(name) and s.median is not None]
        return min(found, default=None)


def title(words: str, facts: Iterable[str]) -> list[str]:
    return [f"## {words}", "", *facts]


def ratios(cases: Sequence[Case]) -> list[str]:
    """stacker beside git rebase and git replay, with what is wanted, by mix and shape."""
    rows = []
    for case in cases:
        if case.void:
            rows.append([case.patches, case.mix, case.note, f"VOID: {case.void}", "", "", "", ""])
            continue
        faster, part = _WANTED.get((case.patches, case.mix), (None, None))
        wanted = (f">= {faster:g}" if faster else "", f"<= {part:g}" if part else "")
        for score in case.scores:
            if score.name.startswith("stacker"):
                over = _over(case.median("git rebase"), score.median)
                below = _over(score.median, case.median("git replay"))
                shape = score.name.removeprefix("stacker, ")
                row = [case.patches, case.mix, case.note, shape, over, wanted[0], below, wanted[1]]
                rows.append(row)
    head = ["patches", "mix", "touches", "stacker", "git rebase / it", "wanted", "it / git replay"]
    return table([*head, "wanted"], rows)


def seconds(cases: Sequence[Case]) -> list[str]:
    """Median and smallest time of everybody, and how much memory the largest process took."""
    rows = [
        [case.patches, case.mix, score.name, *times(score), f"{score.peak:.0f}", score.remark]
        for case in cases
        for score in case.scores
    ]
    return table(["patches", "mix", "contender", *TIMES, "peak MB", ""], rows)


def plain(words: str, scores: Sequence[Score]) -> list[str]:
    """Times beside the first one's."""
    rows = [[s.name, *times(s), _over(s.median, scores[0].median)] for s in scores]
    head = ["command", *TIMES, f"x {scores[0].name}"]
    return [f"### {words}", "", *table(head, rows)]


def growth(cases: Sequence[tuple[int, Case]]) -> list[str]:
    """The same series in repositories of different size; the first one is compared with."""
    if not cases:
        return []
    rows = []
    for files, case in cases:
        for score in case.scores:
            before = cases[0][1].median(score.name)
            wanted = f"<= {_GROWTH:g}" if score.name.startswith("stacker") else ""
            row = [files, score.name, case.void and "VOID", *times(score)]
            rows.append([*row, _over(score.median, before), wanted])
    head = ["files", "contender", "", *TIMES, f"x {cases[0][0]} files"]
    return [
        "### Size of the repository", "",
        f"{cases[0][1].patches} patches, {cases[0][1].note}.", "",
        *table([*head, "wanted"], rows),
    ]  # fmt: skip


def times(score: Score) -> list[str]:
    """The cells under `TIMES`."""
    if score.median is None:
        return ["-", "-", "-", "0"]
    cpu = statistics.median(score.cpu)
    found = (score.median, min(score.seconds), cpu)
    return [*(f"{time:.3f}" for time in found), str(len(score.seconds))]


def _over(one: float | None, other: float | None) -> str:
    return f"{one / other:.2f}" if one is not None and other else "-"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Rows as Markdown, columns in line."""
    cells = [[str(cell) for cell in row] for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in cells
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:], ""]
