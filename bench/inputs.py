"""Series to rebase: generated or real patches on an old base, which rebase cleanly over real drift.

`git rebase` is the referee: a patch that it stops at, or finds empty, is left out and another one
takes its place, so that everybody has the same work to do and nobody has a reason to stop. A
generated patch that `git am -3` puts elsewhere is left out, too, else am could not be compared.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generated import DRAFT, Drift, Generated
from repository import changes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from repository import Repository, Worktree

    Build = Callable[[set[str]], tuple[str, list[str]]]
    """Makes a series without some candidates: its tip, and the candidate at each place."""

MIXES = ("none", "quarter", "half", "real", "deep", "deep3")
_SUPPLY = 10  # first parents behind the tip for each real commit that is wanted
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Input:
    """A series `base..tip` that goes to `onto`; `note` says what is in it."""

    name: str
    base: str
    onto: str
    tip: str
    note: str


class Workshop:
    """Makes the inputs, as branches of the throw-away repository `prepared`."""

    def __init__(self, prepared: Repository, referee: Worktree, branch: str, drift: int) -> None:
        self.prepared = prepared
        self._referee = referee
        self._branch = branch
        self._drift = drift

    def drift(self, behind: int = 0) -> Drift:
        """The last commits of upstream's first-parent line, but for the newest `behind`."""
        find = self.prepared.text
        base = f"{self._branch}~{self._drift + behind}"
        if self.prepared.attempt("rev-parse", "--verify", "-q", base).returncode != 0:
            raise SystemExit(f"the branch has no {self._drift + behind} first parents; see --drift")
        return Drift(find("rev-parse", base), find("rev-parse", f"{self._branch}~{behind}"))

    def make(self, mix: str, count: int) -> Input:
        """The series of `count` patches; found again when it was made before."""
        name = f"{mix}-{count}"
        drift = self.drift(_SUPPLY * count if mix == "real" else 0)
        self.prepared.run("update-ref", f"refs/heads/upstream-{name}", drift.onto)
        here = self.prepared.attempt("rev-parse", "--verify", "-q", f"refs/heads/{name}")
        tip = here.stdout.decode().strip()
        if tip and self.prepared.text("merge-base", drift.onto, tip) != drift.base:
            raise SystemExit(f"{name} was made over another drift; choose another folder to keep")
        if not tip:
            real = mix == "real"
            build = (
                _Real(self, count, drift).build
                if real
                else Generated(self.prepared, mix, count, drift).build
            )
            tip = self._settle(drift, build, real=real)
            self.prepared.run("update-ref", f"refs/heads/{name}", tip)
        return Input(name, drift.base, drift.onto, tip, self._note(drift, tip))

    def transplanted(
        self, drift: Drift, commits: Mapping[str, bool], most: tuple[int, int]
    ) -> list[str]:
        """Put real commits on the base, as far as they go; `most` in all, and of mere edits."""
        self._referee.stand(drift.base)
        in_all, plain = most
        git, done = self._referee.git, list[str]()
        edits = 0
        for commit, structural in commits.items():
            if len(done) == in_all:
                break
            if not structural and edits == plain:
                continue
            if git.attempt("cherry-pick", commit).returncode == 0:
                done.append(commit)
                edits += not structural
            else:
                git.run("reset", "-q", "--hard")
        return done

    def keep(self) -> str:
        """Take what the referee stands on into `prepared`; its commit."""
        self.prepared.run("fetch", "-q", str(self._referee.git.folder), f"+HEAD:{DRAFT}")
        return self.prepared.text("rev-parse", DRAFT)

    def _settle(self, drift: Drift, build: Build, *, real: bool) -> str:
        left_out: set[str] = set()
        for _ in range(_TRIES):
            tip, candidates = build(left_out)
            unfit = self._unfit(drift, tip)
            if not unfit and not real:  # real commits stay, whatever becomes of them by mail
                unfit = self._misplaced(drift, tip)
            if not unfit:
                return tip
            left_out |= {candidates[place] for place in unfit}
        raise SystemExit("no series found that git rebases without a conflict")

    def _unfit(self, drift: Drift, tip: str) -> set[int]:
        """The places of the patches that git rebase stops at, or finds empty."""
        self._referee.stand(tip)
        git = self._referee.git
        patches = git.text("rev-list", "--reverse", f"{drift.base}..{tip}").split()
        stopped: list[int] = []
        done = git.attempt("rebase", "--empty=keep", "--onto", drift.onto, drift.base)
        while done.returncode != 0:
            here = patches.index(git.text("rev-parse", "REBASE_HEAD"))
            if here in stopped:
                raise SystemExit(f"git rebase: {done.stderr.decode(errors='replace')}")
            stopped.append(here)
            done = git.attempt("rebase", "--skip")
        left = [place for place in range(len(patches)) if place not in stopped]
        empty = [not change for change in self._changes(drift)]
        return {*stopped, *(place for place, gone in zip(left, empty, strict=True) if gone)}

    def _misplaced(self, drift: Drift, tip: str) -> set[int]:
        """The patches that `git am -3` puts elsewhere than the rebase that was just made, or not.

        A mail says where its lines stood, not in which text; am takes the nearest place that
        looks the same, and says nothing.
        """
        wanted, git = self._changes(drift), self._referee.git
        mails = git.run("format-patch", "--stdout", "--binary", f"{drift.base}..{tip}")
        self._referee.stand(drift.onto)
        stopped, done = [], git.attempt("am", "-3", stdin=mails)
        while done.returncode != 0:
            number = (git.folder / ".git" / "rebase-apply" / "next").read_text(encoding="ascii")
            stopped.append(int(number) - 1)
            done = git.attempt("am", "--skip")
        left = [place for place in range(len(wanted)) if place not in stopped]
        placed = zip(left, self._changes(drift), strict=True)
        return {*stopped, *(place for place, change in placed if change != wanted[place])}

    def _changes(self, drift: Drift) -> list[bytes]:
        """What each commit that the referee made on the new base changes, and in which lines."""
        log = ("log", "--reverse", "-p", "-U0", "--no-renames", "--binary", "--format=%x00")
        said = self._referee.git.run(*log, f"{drift.onto}..HEAD")
        return [re.sub(rb"(?m)^index .*\n", b"", one).strip() for one in said.split(b"\0")[1:]]

    def _note(self, drift: Drift, tip: str) -> str:
        """How many files the series touches, how many of them upstream too, what else it does."""
        ours = changes(self.prepared, drift.base, tip)
        theirs = changes(self.prepared, drift.base, drift.onto)
        span = f"{drift.base}..{tip}"
        log = self.prepared.text("log", "--format=", "--name-status", "-M", span).splitlines()
        kinds = [line[0] for line in log if line]
        words = {"A": "added", "D": "deleted", "R": "renamed"}
        also = [f"{kinds.count(k)} {word}" for k, word in words.items() if k in kinds]
        return ", ".join([f"{len(ours)} files, {len(ours.keys() & theirs.keys())} drifted", *also])


class _Real:
    """Commits that upstream made later, put back on the base as if they were still to land.

    A quarter of them adds, removes or renames files, if so many can be had.
    """

    def __init__(self, shop: Workshop, count: int, drift: Drift) -> None:
        self._shop, self._count, self._drift = shop, count, drift
        later = f"{drift.onto}..{shop.drift().onto}"
        listed = ("log", "--no-merges", "--topo-order", "--reverse", "-M", "--name-status")
        said = shop.prepared.text(*listed, "--format=%x00%H", later).split("\0")[1:]
        self._commits = {
            commit: any(line[:1] in {"A", "D", "R"} for line in files)
            for commit, *files in (one.splitlines() for one in said)
        }

    def build(self, left_out: set[str]) -> tuple[str, list[str]]:
        commits = {c: kind for c, kind in self._commits.items() if c not in left_out}
        plain = self._count - self._count // 4
        done = self._shop.transplanted(self._drift, commits, (self._count, plain))
        if len(done) < self._count:  # all others than mere edits are in there
            plain += self._count - len(done)
            done = self._shop.transplanted(self._drift, commits, (self._count, plain))
        if len(done) < self._count:
            raise SystemExit(f"only {len(done)} real commits go back to {self._drift.base}")
        return self._shop.keep(), done
