"""Those that put a series on a new base, each run as a whole process on stores of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from repository import ENVIRONMENT, Repository, Worktree, borrow, twin

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inputs import Input

STACKER = [sys.executable, "-m", "stacker"]
_SOURCE = str(Path(__file__).resolve().parents[1])
# Another version of stacker is measured by naming it in PYTHONPATH.
_STACKER_ENVIRONMENT = {"PYTHONPATH": _SOURCE, **ENVIRONMENT}

# A process that starts the contender and then says how large the largest process below it was,
# in kilobytes. It is small, for a child counts the memory of the one that started it.
_PEAK = (
    "import resource, subprocess, sys\n"
    "code = subprocess.call(sys.argv[1:], stdin=subprocess.DEVNULL)\n"
    "sys.stderr.write('\\n%d' % resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
    "sys.exit(code)\n"
)

# What its command line cannot say: git-revise rewrites commits on the parents that they have.
_REVISE = (
    "import sys\n"
    "from gitrevise.merge import rebase\n"
    "from gitrevise.odb import Repository\n"
    "with Repository() as repository:\n"
    "    here = repository.get_commit(sys.argv[1])\n"
    "    span = f'{sys.argv[2]}..refs/heads/series'\n"
    "    for name in repository.git('rev-list', '--reverse', span).decode().split():\n"
    "        here = rebase(repository.get_commit(name), here)\n"
    "    here.persist()\n"
    "    repository.git('update-ref', 'refs/heads/series', here.persist().hex())\n"
)


class Failed(Exception):
    """A contender stopped."""


@dataclass(frozen=True, slots=True)
class Ran:
    """One run: wall and processor time in seconds, output, and peak in MB where that was asked."""

    seconds: float
    cpu: float
    out: str
    peak: float = 0.0


class Contender(Protocol):
    """Runs fresh each time; `exact` ones must come to the tree that git rebase comes to."""

    name: str
    exact: bool

    def run(self, *, peak: bool = False) -> Ran: ...

    def tree(self, ran: Ran) -> str: ...


def timed(command: Sequence[str], folder: Path, *, peak: bool = False) -> Ran:
    """Run a command in `folder`, timed; raises `Failed`."""
    ours = list(command[: len(STACKER)]) == STACKER
    measured = [sys.executable, "-I", "-S", "-c", _PEAK, *command] if peak else command
    _write_out()
    begun, before = time.perf_counter(), os.times()
    done = subprocess.run(
        measured,
        cwd=folder, env=_STACKER_ENVIRONMENT if ours else ENVIRONMENT,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    seconds, after = time.perf_counter() - begun, os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    if done.returncode != 0:
        said = " / ".join(done.stderr.strip().splitlines()[-4:])
        raise Failed(f"{command[0]} ended with {done.returncode}: {said}")
    largest = int(done.stderr.rpartition("\n")[2]) / 1024 if peak else 0.0
    return Ran(seconds, cpu, done.stdout, largest)


def _write_out() -> None:
    """Let what was prepared not be written out on somebody's time; on a busy disk give up soon."""
    with contextlib.suppress(subprocess.TimeoutExpired):
        subprocess.Popen(["sync"]).wait(timeout=10)


@dataclass(slots=True)
class Stacker:
    """`stacker rebase` on a copy of a series directory, whose objects are hard links."""

    name: str
    directory: Path
    scratch: Path
    arguments: tuple[str, ...]
    exact: bool = True

    def run(self, *, peak: bool = False) -> Ran:
        shutil.rmtree(self.scratch, ignore_errors=True)
        twin(self.directory, self.scratch)
        return timed([*STACKER, "--json", "rebase", *self.arguments], self.scratch, peak=peak)

    def tree(self, ran: Ran) -> str:
        return str(json.loads(ran.out)["stages"][-1]["tree"])


@dataclass(slots=True)
class GitRebase:
    """`git rebase` with the merge backend, the branch checked out."""

    series: Input
    worktree: Worktree
    name: str = "git rebase"
    exact: bool = True

    def run(self, *, peak: bool = False) -> Ran:
        self.worktree.stand(self.series.tip)
        command = ["git", "rebase", "-q", "--merge", "--onto", self.series.onto, self.series.base]
        return timed(command, self.worktree.git.folder, peak=peak)

    def tree(self, _ran: Ran) -> str:
        return self.worktree.git.tree("HEAD")


@dataclass(slots=True)
class GitAm:
    """`git am -3` of the mails that `git format-patch` makes, the new base checked out.

    It places text, so real patches may go elsewhere without a word.
    """

    series: Input
    worktree: Worktree
    mails: Path
    name: str = "git am -3"
    exact: bool = False

    def run(self, *, peak: bool = False) -> Ran:
        if not self.mails.exists():
            span = f"{self.series.base}..{self.series.tip}"
            mails = self.worktree.git.run("format-patch", "--stdout", "--binary", span)
            self.mails.parent.mkdir(exist_ok=True)
            self.mails.write_bytes(mails)
        self.worktree.stand(self.series.onto)
        command = ["git", "am", "-q", "-3", str(self.mails)]
        return timed(command, self.worktree.git.folder, peak=peak)

    def tree(self, _ran: Ran) -> str:
        return self.worktree.git.tree("HEAD")


@dataclass(slots=True)
class _InStore:
    """What moves branch `series` without checking it out; each run has a new repository."""

    series: Input
    lender: Path
    scratch: Path
    name: str
    command: tuple[str, ...]
    bare: bool = True
    exact: bool = True

    def run(self, *, peak: bool = False) -> Ran:
        shutil.rmtree(self.scratch, ignore_errors=True)
        fresh = borrow(self.scratch, self.lender, bare=self.bare)
        fresh.run("update-ref", "refs/heads/series", self.series.tip)
        return timed(self.command, self.scratch, peak=peak)

    def tree(self, ran: Ran) -> str:
        # Older gits print what is to be done with the branch, newer ones do it.
        said = ran.out.split()
        return Repository(self.scratch).tree(said[2] if said[:1] == ["update"] else "series")


def replay(
    git: tuple[str, ...], number: str, series: Input, lender: Path, scratch: Path
) -> Contender:
    """`git replay` of the git that `git` runs."""
    command = (*git, "replay", "--onto", series.onto, f"{series.base}..refs/heads/series")
    return _InStore(series, lender, scratch, f"git replay {number}", command)


def revise(python: str, series: Input, lender: Path, scratch: Path) -> Contender:
    """git-revise's merging, driven through its library; it is not git's, so its tree may differ."""
    command = (python, "-c", _REVISE, series.onto, series.base)
    name = "git-revise (library)"
    return _InStore(series, lender, scratch, name, command, bare=False, exact=False)
