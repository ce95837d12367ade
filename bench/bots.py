"""How 200 builds go through a real Buildbot with two workers, and what that asks of its master.

    python bench/bots.py [--stages 100]

The farm is that of the tests: the configuration in docs/buildbot, everything on this machine.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "verify")]

from farm import Farm  # noqa: E402 - found through the path set above

from stacker.git.process import Git  # noqa: E402
from stacker.series.plan.reading import parse_plan  # noqa: E402
from stacker.verify.flow import verify  # noqa: E402
from stacker.verify.request import VerifyRequest  # noqa: E402
from stacker.verify.stage_tree import StageTree  # noqa: E402

_TICK = 2.0  # seconds, as for a master that is not on this machine
_PLAN = """
[series]
name = "bench"
[repositories.main]
upstream = "o/main"
[runners.bots]
kind = "buildbot"
url = "https://bots.example"
[platforms.linux]
runner = "bots"
[platforms.arm]
runner = "bots"
[[checks]]
name = "test"
run = ["true"]
"""
_PERSON = [("user.name", "A"), ("user.email", "a@example.org")]


def main() -> None:
    """Print the figures as lines of Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stages", type=int, default=100)
    stages = parser.parse_args().stages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        request = _request(folder, stages)
        (folder / "farm").mkdir()
        farm = Farm(folder / "farm")
        try:
            for each in ("master", "worker-linux", "worker-arm"):
                farm.start(each)
            access = farm.access(tick=_TICK, patience=120.0)
            print("| | builds | s | s of stacker's CPU | questions to the master |")
            print("|---|---|---|---|---|")
            _measure("first run", farm, replace(request, access=access))
            other = replace(request, folder=folder / "other" / ".stacker", access=access)
            _measure("another porter, all built before", farm, other)
        finally:
            farm.close()


def _request(folder: Path, stages: int) -> VerifyRequest:
    work = Git(folder / "work")
    work.directory.mkdir()
    work.run("init", "-q")
    names = [f"s{number:03}" for number in range(stages)]
    trees = {}
    for name in names:
        (work.directory / "file").write_text(name, encoding="ascii")
        work.run("add", "-A")
        work.run("commit", "-q", "-m", name, config=_PERSON)
        commit = work.text("rev-parse", "HEAD")
        tree = work.text("rev-parse", "HEAD^{tree}")
        trees[name] = StageTree(name, "main", "b" * 40, commit, tree)
    listed = "".join(f'[[stages]]\nid = "{name}"\n' for name in names)
    return VerifyRequest(
        plan=parse_plan(_PLAN + listed, "series.toml"), store=work, stages=trees, repo_commits={},
        environment=dict(os.environ), folder=folder / "one" / ".stacker", python=sys.executable,
    )  # fmt: skip


def _measure(what: str, farm: Farm, request: VerifyRequest) -> None:
    log = farm.folder / "master" / "http.log"
    asked, since, cpu = _lines(log), time.monotonic(), _cpu()
    result = verify(request, lambda _: None)
    verdicts = Counter(str(one.verdict) for one in result.results)
    assert set(verdicts) == {"passed"}, verdicts
    took, used = time.monotonic() - since, _cpu() - cpu
    questions = _lines(log) - asked
    print(f"| {what} | {len(result.results)} | {took:.0f} | {used:.1f} | {questions} |")


def _lines(log: Path) -> int:
    return sum(
        len(path.read_bytes().splitlines()) for path in log.parent.glob(f"{log.name}*")
    )  # it is rotated


def _cpu() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


if __name__ == "__main__":
    main()
