"""How long a rebase takes: stacker beside git, as whole processes, over real upstream drift.

    python bench/rebase.py CLONE [--git PATH]... [--patches 100,1000] [--mixes none,half,...]

README.md in this folder says what is measured, and how to read it.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import machine
import report
import synthetic
from contenders import STACKER, Failed, GitAm, GitRebase, Ran, Stacker, replay, revise, timed
from inputs import MIXES
from report import Case, Score
from repository import Repository, program, twin, version
from stand import EACH, SHAPES, Stand, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contenders import Contender
    from inputs import Input

_STOPS = "it stops"
_FIRST_REPLAY = (2, 44)
_LONG = 500  # patches; a series as long as that gets half of the rounds
_LONG_MIXES = ("none", "quarter", "half")


def contenders(stand: Stand, series: Input, options: argparse.Namespace) -> list[Contender]:
    """All that take part in a case, on stores of their own."""
    lender, scratch = stand.prepared.folder, stand.scratch("store")
    found: list[Contender] = []
    if "stacker" not in options.without:
        by_shape = {shape: stand.directory(series, shape) for shape in SHAPES}
        target = ("--onto", series.onto)
        found += [Stacker(f"stacker, {s}", d, scratch, target) for s, d in by_shape.items()]
        found.append(Stacker("stacker, asks upstream", by_shape[EACH], scratch, ()))
    found += [
        GitRebase(series, stand.worktree("rebase")),
        GitAm(series, stand.worktree("am"), stand.scratch("mails") / series.name),
    ]
    for git in options.git:
        number = version(git)
        if tuple(int(x) for x in number.split(".")[:2]) >= _FIRST_REPLAY:
            found.append(replay(git, number, series, lender, scratch))
    if options.revise:
        found.append(revise(options.revise, series, lender, scratch))
    return [one for one in found if not any(one.name.startswith(x) for x in options.without)]


class Race:
    """One series and those who rebase it, in turn."""

    def __init__(self, series: Input, runners: Sequence[Contender]) -> None:
        """Everybody runs once, untimed: that warms the caches, and says trees and memory."""
        self.scores: list[Score] = []
        self._series = series
        trees: dict[str, str] = {}
        for runner in runners:
            say(f"{series.name}: warming up, {runner.name}")
            ran, trees[runner.name] = _attempt(runner, peak=True)
            self.scores.append(Score(runner.name, ran.peak))
        self._wanted = trees.get("git rebase", next(iter(trees.values())))
        self._racing = [
            (runner, score)
            for runner, score in zip(runners, self.scores, strict=True)
            if trees[runner.name] == self._wanted
        ]
        self._wrong: list[str] = []
        for runner, score in zip(runners, self.scores, strict=True):
            tree = trees[runner.name]
            if tree != self._wanted:
                score.remark = tree if tree == _STOPS else "another tree"
                self._wrong += [f"{runner.name}: {tree}"] if runner.exact else []
        say(f"{series.name}: {self.void or 'all trees are equal'}")

    @property
    def void(self) -> str:
        """Why this race proves nothing."""
        return f"tree {self._wanted}, but {', '.join(self._wrong)}" if self._wrong else ""

    def round(self) -> None:
        """Everybody runs once, timed."""
        for runner, score in self._racing:
            ran, tree = _attempt(runner)
            score.add(ran)
            say(f"{self._series.name}: {runner.name} {ran.seconds:.3f} s")
            if tree != self._wanted:
                self._wrong.append(f"{runner.name}: {tree}")


def _attempt(runner: Contender, *, peak: bool = False) -> tuple[Ran, str]:
    try:
        ran = runner.run(peak=peak)
        return ran, runner.tree(ran)
    except Failed as exc:
        say(str(exc))
        return Ran(0.0, 0.0, ""), _STOPS


def measured(stand: Stand, options: argparse.Namespace) -> list[Case]:
    """Every mix with every number of patches."""
    cases = []
    for patches in options.patches:
        rounds = options.rounds if patches < _LONG else (options.rounds + 1) // 2
        for mix in options.mixes or (MIXES if patches < _LONG else _LONG_MIXES):
            series = stand.shop.make(mix, patches)
            say(f"{series.name}: {series.note}")
            runners = contenders(stand, series, options)
            if options.prepare:
                continue
            race = Race(series, runners)
            for _ in range(0 if race.void else rounds):
                race.round()
            cases.append(Case(patches, mix, series.note, race.scores, race.void))
    return cases


def starting(stand: Stand, rounds: int) -> list[Score]:
    """`stacker --version`, beside a rebase that has nothing to do and asks upstream."""
    series = stand.shop.make("half", 100)
    folder = twin(stand.directory(series, EACH), stand.scratch("idle"))
    commands = {"stacker --version": ["--version"], "stacker rebase, nothing to do": ["rebase"]}
    scores = {name: Score(name) for name in commands}
    for number in range(3 * rounds + 2):  # the first moves the series, the second warms up
        for name, arguments in commands.items():
            ran = timed([*STACKER, *arguments], folder)
            if number > 1:
                scores[name].add(ran)
    return list(scores.values())


def fetching(stand: Stand, rounds: int) -> list[Score]:
    """What it costs to bring the new upstream commits, which the cases above have already."""
    series = stand.shop.make("half", 100)
    stand.prepared.run("update-ref", "refs/heads/begun", series.base)
    directory = stand.directory(series, EACH, known="begun")
    follow = f"+refs/heads/upstream-{series.name}:refs/stacker/upstream/other"
    source = str(stand.prepared.folder)
    fetch = ["git", "fetch", "-q", "--no-tags", "--no-write-fetch-head", source, follow]
    runs = {
        "git fetch": (fetch, Path(".stacker/store.git")),
        "stacker rebase, fetches": ([*STACKER, "rebase"], Path()),
        "stacker rebase --onto, fetched": ([*STACKER, "rebase", "--onto", series.onto], Path()),
    }
    scores = {name: Score(name) for name in runs}
    for number in range(rounds + 1):  # the first one warms up
        for name, (command, where) in runs.items():
            folder = twin(directory, stand.scratch("store"))
            if "fetched" in name:
                Repository(folder / runs["git fetch"][1]).run(*fetch[1:])
            ran = timed(command, folder / where)
            if number:
                scores[name].add(ran)
    return list(scores.values())


def growing(folder: Path, options: argparse.Namespace) -> list[tuple[int, Case]]:
    """The same patches in repositories that have more and more files, all of them in turn."""
    races = []
    for files in options.files:
        clone = folder / f"files-{files}.git"
        if not clone.is_dir():
            say(f"making a repository of {files} files")
            synthetic.build(clone, files, options.drift)
        here = folder / f"files-{files}"
        here.mkdir(exist_ok=True)
        stand = Stand(here, clone, None, options.drift)
        series = stand.shop.make("half", 100)
        runners = contenders(stand, series, options)
        if not options.prepare:
            races.append((files, series, Race(series, runners)))
    for _ in range(options.rounds):
        for _, _, race in races:
            race.round()
    return [
        (files, Case(100, "half", series.note, race.scores, race.void))
        for files, series, race in races
    ]


def main() -> int:
    """Measure and report; 1 when any case is void."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as temporary:
        folder = (options.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        lines, void = _on_clone(folder, options) if options.clone else ([], False)
        if options.files:
            grown = growing(folder, options)
            void = void or any(case.void for _, case in grown)
            lines += report.growth(grown)
    if not options.prepare:
        text = "\n".join(lines) + "\n"
        print(text)
        if options.out:
            with options.out.open("a", encoding="utf-8") as file:
                file.write(text)
    return int(void)


def _on_clone(folder: Path, options: argparse.Namespace) -> tuple[list[str], bool]:
    """The report on the clone, and whether any case of it is void."""
    stand = Stand(folder, options.clone, options.branch, options.drift)
    cases = measured(stand, options)
    if options.prepare:
        return [], False
    drift = stand.shop.drift()
    name = options.name or options.clone.resolve().name.removesuffix(".git")
    lines = report.title(f"Rebase on {name}", machine.described([("git",), *options.git]))
    lines += [f"- upstream {drift.base} to {drift.onto}, {options.drift} first parents", ""]
    lines += report.ratios(cases) + report.seconds(cases)
    if options.start:
        lines += report.plain("Starting", starting(stand, options.rounds))
    if options.fetch:
        lines += report.plain("Fetching the drift", fetching(stand, options.rounds))
    return lines, any(case.void for case in cases)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("clone", type=Path, nargs="?", metavar="CLONE", help="any clone; it is only read")
    add("--branch", help="its branch that upstream works on; default: the one HEAD names")
    add("--name", help="what to call it in the report; default: the folder's name")
    add("--git", type=program, action="append", default=[], metavar="PATH",
        help="another git, for `git replay`")  # fmt: skip
    add("--revise", metavar="PYTHON", help="a Python that has git-revise installed")
    add("--without", action="append", default=[], metavar="NAME",
        help="leave out contenders whose name begins so")  # fmt: skip
    add("--patches", type=_numbers, default=[100, 1000])
    add("--mixes", type=lambda text: text.split(","), default=[],
        help=f"default: {', '.join(MIXES)}; of long series {', '.join(_LONG_MIXES)}")  # fmt: skip
    add("--rounds", type=int, default=5)
    add("--drift", type=int, default=2000, help="first parents between old and new base")
    add("--files", type=_numbers, default=[], metavar="N,N",
        help="also in made up repositories of so many files")  # fmt: skip
    add("--start", action="store_true", help="also how long it takes to start")
    add("--fetch", action="store_true", help="also what a fetch of the drift costs")
    add("--prepare", action="store_true", help="only make the inputs; use it with --keep")
    add("--keep", type=Path, metavar="DIR", help="make the inputs there, and use them again")
    add("--out", type=Path, metavar="FILE", help="add the report to this Markdown file")
    options = parser.parse_args()
    if unknown := set(options.mixes) - set(MIXES):
        parser.error(f"no mix {', '.join(unknown)}; there are {', '.join(MIXES)}")
    return options


def _numbers(text: str) -> list[int]:
    return [int(word.replace("_", "")) for word in text.split(",")]


if __name__ == "__main__":
    raise SystemExit(main())
