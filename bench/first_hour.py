"""The first hour on a big upstream: what `init` moves and how long it takes, and what follows.

    python bench/first_hour.py REPOSITORY [--range BASE..TIP] [--out FILE]

REPOSITORY is a mirror (`git clone --mirror`). README.md in this folder says what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import machine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_STACKER = [sys.executable, "-m", "stacker", "--json"]
_SERIES = 5  # commits
_LOOKED_AT = 600  # pull requests, the newest first
_PULL = "refs/pull/*/head"


class Way(NamedTuple):
    """One way to begin: what it is called, whether files may stay there, whether a clone helps."""

    name: str
    filtered: bool
    clone: bool


class Step(NamedTuple):
    """One command: how long it took, how much the store has since, and what its code was."""

    name: str
    seconds: float
    megabytes: float
    code: int


_WAYS = (
    Way("blobless", filtered=True, clone=False),
    Way("whole", filtered=False, clone=False),
    Way("`--clone`", filtered=False, clone=True),
)


def main() -> int:
    """Measure each way on a copy of the repository that is served as `file://`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("repository", type=Path)
    parser.add_argument("--range", dest="commits")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="first-hour-") as folder:
        here = Path(folder)
        served = here / "upstream.git"
        _git(here, "clone", "-q", "--mirror", str(asked.repository.resolve()), str(served))
        base, tip = asked.commits.split("..") if asked.commits else _unmerged(served)
        behind = _count(served, f"{base}..HEAD")
        about = f"`{base[:10]}..{tip[:10]}`, {behind} commits behind the tip"
        lines = [f"# {asked.repository.resolve().parent.name}", "", about, ""]
        lines += [*machine.described([("git",)]), ""]
        failed = False
        for way in _WAYS:
            steps = list(_measured(here, served, way, f"{base}..{tip}"))
            failed |= any(step.code not in (0, 3) for step in steps)
            lines += [*_table(way, steps), ""]
    text = "\n".join(lines)
    sys.stdout.write(text)
    if asked.out is not None:
        with asked.out.open("a", encoding="utf-8") as file:
            file.write(text)
    return int(failed)


def _measured(here: Path, served: Path, way: Way, commits: str) -> Iterator[Step]:
    """The commands of a first hour, each in a process of its own."""
    _git(served, "config", "uploadpack.allowFilter", str(way.filtered).lower())
    home = here / re.sub(r"\W", "", way.name)
    begin = ["init", str(home), "--upstream", served.as_uri()]
    yield _step(here, home, "init", [*begin, *(["--clone", str(served)] if way.clone else [])])
    taken = ["import", commits, "--from", str(served), "--stage-per-commit"]
    for words in (taken, ["status"], ["forecast"], ["rebase"], ["status"]):
        yield _step(home, home, words[0], words)


def _step(cwd: Path, home: Path, name: str, words: Sequence[str]) -> Step:
    begun = time.monotonic()
    done = subprocess.run([*_STACKER, *words], cwd=cwd, capture_output=True, check=False)
    seconds = time.monotonic() - begun
    if done.returncode not in (0, 3):
        sys.stderr.write(f"{name}: {_message(done.stdout)}\n")
    return Step(name, seconds, _size(home / ".stacker" / "store.git"), done.returncode)


def _message(out: bytes) -> str:
    document: dict[str, Any] = json.loads(out or b"{}")
    return str(document.get("error", {}).get("message", out[-200:]))


def _unmerged(served: Path) -> tuple[str, str]:
    """Five commits, without merges, that upstream has not: of a branch that waits in another
    branch, or else of a pull request, the newest first."""
    merges = _git(served, "rev-list", "--merges", "--first-parent", "--parents", "--branches",
                  "--not", "HEAD")  # fmt: skip
    waiting = [line.split()[2] for line in merges.splitlines()]
    pulls = _git(served, "for-each-ref", "--sort=-version:refname", "--format=%(refname)", _PULL)
    for head in [*waiting, *pulls.split()[:_LOOKED_AT]]:
        new = f"HEAD..{head}"
        if _count(served, new) != _SERIES or _count(served, "--merges", new):
            continue
        if "-" not in {line[:1] for line in _git(served, "cherry", "HEAD", head).splitlines()}:
            return _git(served, "merge-base", "HEAD", head), _git(served, "rev-parse", head)
    raise SystemExit("no such five commits: name some with --range")


def _table(way: Way, steps: Sequence[Step]) -> list[str]:
    head = [f"| {way.name} | seconds | store, MB | code |", "|---|---|---|---|"]
    return head + [f"| {s.name} | {s.seconds:.1f} | {s.megabytes:.0f} | {s.code} |" for s in steps]


def _count(git: Path, *words: str) -> int:
    return int(_git(git, "rev-list", "--count", *words))


def _size(folder: Path) -> float:
    files = (Path(root, name) for root, _, names in os.walk(folder) for name in names)
    return sum(file.stat().st_size for file in files) / 1e6


def _git(cwd: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=cwd, capture_output=True, check=True)
    return done.stdout.decode("utf-8", "replace").strip()


if __name__ == "__main__":
    sys.exit(main())
