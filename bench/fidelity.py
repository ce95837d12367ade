"""Does stacker do what git does: real commits on real upstream commits, beside `git rebase`.

    python bench/fidelity.py CLONE [--git PATH] [--commits N] [--upstreams M] [--jobs 2]

README.md in this folder says what is compared, and how to read it.
"""

from __future__ import annotations

import argparse
import tempfile
from bisect import bisect
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import machine
import report
from oracle import Ended, Entry, MergeTree, Rebasing, Run, same_but_for_names
from repository import Repository, borrow, program
from stand import say

from stacker.errors import StackerError
from stacker.git.objects import Oid
from stacker.git.pick import Help, Pick, Picked, Stopped
from stacker.git.process import Git
from stacker.git.replay.engine import replay
from stacker.git.store import ObjectStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stacker.git.pick import PickOutcome

_FAR = 6000  # first parents of the branch that commits and upstreams are taken from
_FAR_SHARE = 0.2
_NEAR = (40, 150, 400, 1000)  # first parents from the commit
_SERIES = (5, 20)  # patches
_FINE = ("equal trees", "same conflict", "same conflict but for names")
_GIT, _STACKER, _FULL, _NEWER = "git rebase", "stacker", "git rebase, full worktree", "merge-tree"


def replayed(store: ObjectStore, runs: Sequence[Run]) -> list[list[PickOutcome]]:
    """stacker's side, all runs in one call: the outcomes of each, up to where it stops."""
    picks: list[Pick] = []
    parts = []
    for run in runs:
        onto: Oid | int = Oid(run.onto)
        first = len(picks)
        for commit in run.commits:
            picks.append(Pick(Oid(commit), onto))
            onto = len(picks) - 1
        parts.append(slice(first, len(picks)))
    knows = Help(text_of=lambda old: store.git.run("diff-tree", "-p", "--full-index", old))
    outcomes = replay(store, picks, knows)
    return [[o for o in outcomes[part] if o is not None] for part in parts]


@dataclass(slots=True)
class Tally:
    """How often two sides came to which verdict, and every run where they do not agree."""

    verdicts: Counter[str] = field(default_factory=Counter)
    patches: int = 0
    wrong: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        self.verdicts += other.verdicts
        self.patches += other.patches
        self.wrong += other.wrong


Tallies = dict[tuple[str, str], Tally]
"""By what was run (single picks, series) and who was compared."""


class Worker:
    """One process: stores of its own, stacker and the gits that it is compared with."""

    def __init__(self, folder: Path, clone: Path, newer: tuple[str, ...] | None) -> None:
        self._store = ObjectStore(Git(borrow(folder / "stacker", clone).folder))
        self._git = Rebasing(folder / "sparse", clone, sparse=True)
        self._full = Rebasing(folder / "full", clone, sparse=False)
        self._newer = None
        if newer:
            self._newer = MergeTree(Repository(borrow(folder / "newer", clone).folder, newer))

    def compare(self, runs: Sequence[Run], *, full: bool) -> Tallies:
        """Let everybody do `runs`; the first one also in a full worktree, if so."""
        tallies: Tallies = {}
        ours = self._stacker(runs)
        for run, mine in zip(runs, ours, strict=True):
            kind = "picks" if len(run.commits) == 1 else "series"
            wanted = self._git.run(run)
            sides = {f"{_STACKER} beside {_GIT}": mine}
            if self._newer:
                sides[f"{_NEWER} beside {_GIT}"] = self._newer.run(run)
            if full and run is runs[0]:
                sides[f"{_FULL}, beside the sparse one"] = self._full.run(run)
            for who, side in sides.items():
                tallies[kind, who] = tallies.get((kind, who), Tally())
                tallies[kind, who].add(self._tally(run, wanted, side))
        return tallies

    def _stacker(self, runs: Sequence[Run]) -> list[Ended]:
        try:
            return [self._ended(outcomes) for outcomes in replayed(self._store, runs)]
        except (StackerError, AssertionError, LookupError, ValueError) as exc:
            if len(runs) == 1:
                return [Ended((), broke=f"{type(exc).__name__}: {exc}")]
            return [ended for run in runs for ended in self._stacker([run])]

    def _ended(self, outcomes: Sequence[PickOutcome]) -> Ended:
        trees = tuple(self._store.commit(o.commit).tree for o in outcomes if isinstance(o, Picked))
        last = outcomes[-1]
        return Ended(trees, _entries(last) if isinstance(last, Stopped) else None)

    def _tally(self, run: Run, wanted: Ended, had: Ended) -> Tally:
        verdict = self._verdict(wanted, had)
        tally = Tally(Counter([verdict]), len(had.trees) + (had.unmerged is not None))
        if verdict not in _FINE:
            span = f"{run.base}..{run.commits[-1]} on {run.onto}"
            tally.wrong.append(f"{verdict}: {span} {wanted.broke or had.broke}".strip())
        return tally

    def _verdict(self, wanted: Ended, had: Ended) -> str:
        if wanted.broke or had.broke:
            return "git breaks" if wanted.broke else "no answer"
        common = min(len(wanted.trees), len(had.trees))
        if wanted.trees[:common] != had.trees[:common]:
            return "OTHER TREES"
        if len(wanted.trees) != len(had.trees):
            return "ONLY GIT STOPS" if len(wanted.trees) == common else "ONLY THE OTHER STOPS"
        if wanted.unmerged is None or had.unmerged is None:
            return "equal trees"
        if wanted.unmerged == had.unmerged:
            return "same conflict"
        same = same_but_for_names(wanted.unmerged, had.unmerged, self._blob)
        return "same conflict but for names" if same else "OTHER CONFLICT"

    def _blob(self, oid: str) -> bytes:
        for git in (self._git.git, self._full.git, self._newer.git if self._newer else None):
            if git is not None:
                found = git.attempt("cat-file", "blob", oid)
                if found.returncode == 0:
                    return found.stdout
        return self._store.blob(Oid(oid))


def _entries(stopped: Stopped) -> frozenset[Entry]:
    return frozenset(
        Entry(side.mode, side.oid, stage, conflict.path)
        for conflict in stopped.conflict.conflicts
        for stage, side in enumerate((conflict.base, conflict.upstream, conflict.mine), 1)
        if side is not None
    )


class Sampler:
    """Random runs of one clone; the same ones again for the same seed."""

    def __init__(self, clone: Path, branch: str, seed: int) -> None:
        self._random = Random(seed)
        git = Repository(clone)
        walked = git.text("log", "--first-parent", f"-{_FAR}", "--format=%H %ct", branch)
        line = [entry.split() for entry in reversed(walked.splitlines())]
        self._line = [commit for commit, _ in line]
        self._dates = sorted(int(date) for _, date in line)
        said = git.text("log", "--no-merges", "--format=%H %ct %P", branch, f"^{self._line[0]}")
        facts = [entry.split() for entry in said.splitlines()]
        self._parents = {commit: parent for commit, _, *rest in facts for parent in rest}
        self._made = {commit: int(date) for commit, date, *_ in facts}
        self._commits = sorted(self._parents)

    def picks(self, commits: int, upstreams: int) -> list[Run]:
        """Single commits, each on several upstream commits."""
        chosen = self._random.sample(self._commits, min(commits, len(self._commits)))
        return [
            Run(
                (commit,),
                self._parents[commit],
                self._upstream(commit, far=self._random.random() < _FAR_SHARE),
            )
            for commit in chosen
            for number in range(upstreams)
        ]

    def series(self, many: int) -> list[Run]:
        """Rows of commits, each on an upstream commit that may be far away."""
        found: list[Run] = []
        for _ in range(50 * many):
            if len(found) == many:
                break
            row = [self._random.choice(self._commits)]
            length = self._random.randint(*_SERIES)
            while len(row) < length and self._parents[row[-1]] in self._parents:
                row.append(self._parents[row[-1]])
            if len(row) >= _SERIES[0]:
                onto = self._upstream(row[0], far=self._random.random() < _FAR_SHARE)
                found.append(Run(tuple(reversed(row)), self._parents[row[-1]], onto))
        return found

    def _upstream(self, commit: str, *, far: bool) -> str:
        if far:
            return self._random.choice(self._line)
        reach = self._random.choice(_NEAR)
        here = bisect(self._dates, self._made[commit]) + self._random.randint(-reach, reach)
        return self._line[max(0, min(here, len(self._line) - 1))]


_worker: Worker | None = None


def _begin(folder: Path, clone: Path, newer: tuple[str, ...] | None) -> None:
    global _worker  # noqa: PLW0603 - each process has one
    _worker = Worker(Path(tempfile.mkdtemp(dir=folder)), clone, newer)


def _compare(task: tuple[Sequence[Run], bool]) -> Tallies:
    assert _worker is not None
    return _worker.compare(task[0], full=task[1])


def main() -> int:
    """Compare and report; 1 when anything differs."""
    options = _options()
    clone = options.clone.resolve()
    branch = options.branch or Repository(clone).text("symbolic-ref", "--short", "HEAD")
    sampler = Sampler(clone, branch, options.seed)
    runs = sampler.picks(options.commits, options.upstreams) + sampler.series(options.series)
    size, every = options.together, options.full_every
    groups = [runs[at : at + size] for at in range(0, len(runs), size)]
    tasks = [(group, bool(every) and not number % every) for number, group in enumerate(groups)]
    total: Tallies = {}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        begin = (Path(folder), clone, options.git)
        with ProcessPoolExecutor(options.jobs, initializer=_begin, initargs=begin) as pool:
            for done, tallies in zip(count(1), pool.map(_compare, tasks), strict=False):
                for key, tally in tallies.items():
                    total.setdefault(key, Tally()).add(tally)
                    for line in tally.wrong:
                        say(f"{key[1]}: {line}")
                if done % 10 == 0:
                    say(f"{done} of {len(tasks)} calls")
    return _report(options, clone, Repository(clone).text("rev-parse", branch), total)


def _report(options: argparse.Namespace, clone: Path, tip: str, total: Tallies) -> int:
    name = options.name or clone.name.removesuffix(".git")
    gits = [("git",), *([options.git] if options.git else [])]
    rows = [
        [kind, who, tally.verdicts.total(), tally.patches]
        + [tally.verdicts[verdict] for verdict in _FINE]
        + [len(tally.wrong)]
        for (kind, who), tally in sorted(total.items())
    ]
    lines = report.title(f"Fidelity on {name}", machine.described(gits))
    lines += [
        f"- upstream {tip}, seed {options.seed}, {options.together} runs in one call",
        "",
        *report.table(["what", "who", "runs", "patches", *_FINE, "DIFFER"], rows),
        *[f"- {who}, {line}" for (_, who), tally in sorted(total.items()) for line in tally.wrong],
    ]
    text = "\n".join(lines) + "\n"
    print(text)
    if options.out:
        with options.out.open("a", encoding="utf-8") as file:
            file.write(text)
    return int(any(t.wrong for (_, who), t in total.items() if who.startswith(_STACKER)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    add = parser.add_argument
    add("clone", type=Path, metavar="CLONE", help="any clone; it is only read")
    add("--branch", help="its branch that upstream works on; default: the one HEAD names")
    add("--name", help="what to call it in the report; default: the folder's name")
    add("--git", type=program, metavar="PATH", help="a git from 2.45 on, as a second opinion")
    add("--commits", type=int, default=420, help="single commits")
    add("--upstreams", type=int, default=5, help="upstream commits for each of them")
    add("--series", type=int, default=60, help="rows of commits")
    add("--together", type=int, default=10, help="how many runs stacker gets in one call")
    add("--full-every", type=int, default=5, metavar="N",
        help="of every Nth call, repeat one rebase in a full worktree; 0: never")  # fmt: skip
    add("--seed", type=int, default=1)
    add("--jobs", type=int, default=2)
    add("--out", type=Path, metavar="FILE", help="add the report to this Markdown file")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
