"""What a very large series costs: status, rebase and report, and how that grows.

    python bench/scale.py [--stages 10 100 1000] [--repositories 20] [--versions 1000]
                          [--records 100000] [--pulls 10000] [--rounds 3]

The versions and records are those of the largest series, and fewer in proportion for a smaller one.
Beside that: the first submit and `status --refresh` of a hundred stages on a forge that has so many
open pull requests. Whole processes; README.md in this folder says how to read it.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import machine
import report
from contenders import STACKER, timed
from report import Score
from repository import twin
from stand import say
from submit import Place, crowd
from wide import Wide

if TYPE_CHECKING:
    from collections.abc import Callable

_WANTED = {"status": 2.0, "rebase": 12.0, "report": 5.0}  # seconds, of the largest series
_MEGABYTES = 500
_SUBMITTED = 100  # stages


def measured(wide: Wide, rounds: int) -> dict[str, Score]:
    """Each command's times and memory; the series is put back before each rebase."""
    return {
        "status": _scored(wide, "status", lambda: wide.series, rounds),
        "report": _scored(wide, "report", lambda: wide.series, rounds),
        "rebase": _scored(wide, "rebase", lambda: _fresh(wide), rounds),
    }


def _fresh(wide: Wide) -> Path:
    place = wide.folder / "again"
    shutil.rmtree(place, ignore_errors=True)
    return twin(wide.series, place)


def _scored(wide: Wide, command: str, place: Callable[[], Path], rounds: int) -> Score:
    score = Score(command)
    if command == "rebase":
        wide.drift()
    score.peak = timed([*STACKER, "--json", command], place(), peak=True).peak  # warms, too
    for _ in range(rounds):
        score.add(timed([*STACKER, "--json", command], place()))
    return score


def on_a_full_forge(pulls: int) -> list[str]:
    """What it costs to submit a hundred stages where `pulls` are open, and to ask how they are."""
    rows = []
    with tempfile.TemporaryDirectory() as name:
        place = Place(Path(name), _SUBMITTED)
        crowd(place, pulls)
        for words in (("submit",), ("submit",), ("status", "--refresh")):
            place.door.seen.clear()
            begun = time.monotonic()
            place.stacker(*words)
            took = time.monotonic() - begun
            pushes = sum(one[0] == "PUSH" for one in place.door.seen)
            rows.append([" ".join(words), len(place.door.seen) - pushes, pushes, f"{took:.1f}"])
        place.hub.stop()
    return report.table(["command", "calls", "pushes", "s"], rows)


def main() -> int:
    """Print the figures as lines of Markdown; 1 when the largest series misses a mark."""
    asked = _options()
    rows, missed, before = [], [], {}
    largest = max(asked.stages)
    for stages in sorted(asked.stages):
        with tempfile.TemporaryDirectory() as name:
            repositories = min(asked.repositories, stages)
            wide = Wide(Path(name), stages, repositories)
            versions, records = (n * stages // largest for n in (asked.versions, asked.records))
            say(f"{versions} versions, {records} records of evidence")
            wide.past(versions)
            wide.evidence(records)
            for command, score in measured(wide, asked.rounds).items():
                median = score.median or 0.0
                times = f"{median / before[command]:.1f}" if command in before else ""
                before[command] = median
                row = [command, stages, repositories, versions, records, *report.times(score)]
                rows.append([*row, f"{score.peak:.0f}", times])
                late = stages == largest and median > _WANTED[command]
                missed += [command] if late or score.peak > _MEGABYTES else []
    head = ["command", "stages", "repositories", "versions", "records", *report.TIMES, "peak MB"]
    lines = report.title("Scale", machine.described([("git",)]))
    lines += ["", *report.table([*head, "x the row before"], rows)]
    print("\n".join(lines), flush=True)
    print(f"{_SUBMITTED} stages on a forge with {asked.pulls} open pull requests:\n")
    print("\n".join(on_a_full_forge(asked.pulls)))
    return 1 if missed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stages", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--repositories", type=int, default=20)
    parser.add_argument("--versions", type=int, default=1000)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--pulls", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
