"""How long a forecast takes: whole processes, over real upstream drift.

    python bench/forecast.py CLONE [--near 250] [--far 1000] [--rounds 5]

README.md in this folder says what is measured, and how to read it.
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import machine
import report
from contenders import STACKER, timed
from inputs import Input
from report import Score
from repository import changes, twin
from stand import EACH, Stand, say

if TYPE_CHECKING:
    from collections.abc import Sequence

_STAGES = 7
_SEEDS = 5  # series of one stage, each of which meets another commit
_HUNK = re.compile(rb"^@@ -(\d+)(?:,(\d+))? ", re.MULTILINE)
_FORECAST = [*STACKER, "--json", "--no-fetch", "forecast"]


@dataclass(frozen=True, slots=True)
class Case:
    """A series whose stages are expected to conflict or not; `apart`: each on the base alone."""

    name: str
    series: Input
    commits: Sequence[str]
    conflicts: Sequence[bool]
    apart: bool


class Maker:
    """Series of one-line patches; one that shall conflict changes a line that upstream changed."""

    def __init__(self, stand: Stand) -> None:
        self._git = stand.prepared
        self._drift = stand.shop.drift()
        found = changes(self._git, self._drift.base, self._drift.onto)
        plain = ("M", b"100644")
        self._drifted = sorted(p for p, how in found.items() if how == plain and _is_code(p))
        listed = self._git.run("ls-tree", "-r", "-z", "--name-only", self._drift.base)
        self._calm = sorted({p for p in listed.split(b"\0") if _is_code(p)} - found.keys())

    def make(self, name: str, conflicts: Sequence[bool], *, apart: bool) -> Case:
        """A series with a stage for each of `conflicts`, in files of their own."""
        chooser, base = Random(name), self._drift.base
        calm = iter(chooser.sample(self._calm, len(conflicts)))
        drifted = iter(chooser.sample(self._drifted, len(self._drifted)))
        changed = ((path, line) for path in drifted if (line := self._line(path)))
        stream: list[bytes] = []
        for number, stops in enumerate(conflicts, 1):
            path, line = next(changed) if stops else (next(calm), 1)
            lines = self._git.run("show", f"{base}:{path.decode()}").splitlines(keepends=True)
            lines[line - 1] = b"what stage %d has here\n" % number
            stream.append(_commit(name, number, base, path, b"".join(lines)))
        self._git.run("fast-import", "--quiet", "--force", stdin=b"".join(stream))
        self._git.run("update-ref", f"refs/heads/upstream-{name}", self._drift.onto)
        commits = self._git.text("rev-list", "--reverse", f"{base}..{name}").split()
        return Case(name, Input(name, base, self._drift.onto, commits[-1], ""), commits, conflicts,
                    apart)  # fmt: skip

    def _line(self, path: bytes) -> int | None:
        """A line of the base, from 1, that upstream has changed since."""
        span = (self._drift.base, self._drift.onto)
        diff = self._git.run("diff-tree", "-p", "-U0", "--no-renames", *span, "--", path.decode())
        lines = (int(hunk[1]) for hunk in _HUNK.finditer(diff) if hunk[2] != b"0")
        return next(lines, None)


def _is_code(path: bytes) -> bool:
    return path.endswith((b".c", b".h", b".sh", b".py")) and path.isascii()


def _commit(name: str, number: int, base: str, path: bytes, data: bytes) -> bytes:
    head = f"commit refs/heads/{name}\ncommitter A Porter <porter@example.com> 1700000000 +0000\n"
    start = "" if number > 1 else f"from {base}\n"
    words = f"data 12\nStage {number:05}\n{start}"
    file = b"M 100644 inline %s\ndata %d\n%s\n" % (path, len(data), data)
    return (head + words).encode() + file


def directory(stand: Stand, case: Case) -> Path:
    """The series directory; stages that stand apart need nothing."""
    folder = stand.directory(case.series, EACH)
    if not case.apart:
        return folder
    apart = twin(folder, stand.scratch(f"apart-{case.name}"))
    plan = apart / "series.toml"
    text = re.sub(r'(?m)^(id = "[^"]+")$', r"\1\nneeds = []", plan.read_text(encoding="utf-8"))
    plan.write_text(re.sub(r"(needs = \[\]\n)(?:needs = .*\n)", r"\1", text), encoding="utf-8")
    timed([*STACKER, "--no-fetch", "rebase", "--onto", case.series.base], apart)
    return apart


def wrong(stand: Stand, case: Case, document: Any) -> list[str]:
    """What git itself says otherwise: of each culprit, and of the commit before it."""
    said = []
    referee = stand.worktree("referee")
    for number, (stage, stops) in enumerate(zip(document["stages"], case.conflicts, strict=True)):
        wanted = "conflict" if stops else "clean"
        if stage["status"] != wanted:
            said.append(f"{stage['id']} is {stage['status']}, not {wanted}")
        elif stops:
            culprit, commit = stage["culprit"]["commit"], case.commits[number]
            span = commit if case.apart else f"{case.series.base}..{commit}"
            for onto, goes in ((f"{culprit}^1", True), (culprit, False)):
                referee.stand(onto)
                if (referee.git.attempt("cherry-pick", span).returncode == 0) is not goes:
                    said.append(f"{stage['id']} on {onto}")
    return said


def measured(stand: Stand, case: Case, rounds: int) -> tuple[Score, list[str]]:
    """Times of `stacker forecast`; the first run is not timed, but checked."""
    folder = directory(stand, case)
    before = timed(_FORECAST, folder, peak=True)
    score, said = Score(case.name, before.peak), wrong(stand, case, json.loads(before.out))
    for _ in range(rounds):
        ran = timed(_FORECAST, folder)
        score.add(ran)
        if ran.out != before.out:
            said.append("another answer")
        say(f"{case.name}: {ran.seconds:.3f} s")
    return score, said


def cases(near: Maker, far: Maker) -> list[tuple[bool, Case]]:
    """Whether a case is of the near drift, and the case."""
    lone = [near.make(f"one-stops-{seed}", [True], apart=False) for seed in range(_SEEDS)]
    every, none = [True] * _STAGES, [False] * _STAGES
    return [
        *((True, case) for case in lone),
        (False, far.make("all-fit", none, apart=False)),
        (False, far.make("last-stops", [*none[1:], True], apart=False)),
        (False, far.make("all-stop", every, apart=True)),
    ]


def main() -> int:
    """Measure and report; 1 when git says otherwise anywhere."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        stands = []
        for drift in (options.near, options.far):
            (folder / str(drift)).mkdir(parents=True, exist_ok=True)
            stands.append(Stand(folder / str(drift), options.clone, options.branch, drift))
        near, far = stands
        found, said = [], []
        for is_near, case in cases(Maker(near), Maker(far)):
            score, other = measured(near if is_near else far, case, options.rounds)
            found.append(score)
            said += [f"{case.name}: {one}" for one in other]
    name = options.name or options.clone.resolve().name.removesuffix(".git")
    lines = report.title(f"Forecast on {name}", machine.described([("git",)]))
    lines += [f"- one-stops: {options.near} first parents; else {options.far}, 7 stages", ""]
    lines += [f"- VOID: {one}" for one in said]
    text = "\n".join([*lines, *report.plain("stacker forecast", found)]) + "\n"
    print(text)
    if options.out:
        with options.out.open("a", encoding="utf-8") as file:
            file.write(text)
    return int(bool(said))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("clone", type=Path, metavar="CLONE", help="any clone; it is only read")
    add("--branch", help="its branch that upstream works on; default: the one HEAD names")
    add("--name", help="what to call it in the report; default: the folder's name")
    add("--near", type=int, default=250, help="first parents in the cases of one stage")
    add("--far", type=int, default=1000, help="first parents in the cases of seven stages")
    add("--rounds", type=int, default=5)
    add("--keep", type=Path, metavar="DIR", help="make the inputs there, and use them again")
    add("--out", type=Path, metavar="FILE", help="add the report to this Markdown file")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
